import { resolve } from 'node:path';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { version } from '../../version.js';
import { chooseLab } from './choose-lab.js';
import type { ImageDocument } from './lab-document.js';
import { perform, writeJson } from './perform.js';

export interface RegisterImageOptions {
  readonly name: string;
  readonly tag?: Readonly<Record<string, string>>;
  readonly lab?: string;
  readonly json?: boolean;
}

export async function runRegisterImage(
  context: CommandContext,
  directory: string,
  options: RegisterImageOptions,
): Promise<void> {
  await perform(context, { json: options.json, schema: 'directrix.image/1' }, async () => {
    const { io } = context;
    const lab = chooseLab(io, options.lab);
    const image = await registerImage(lab.endpoint, resolve(io.cwd, directory), options);
    io.stderr.write(`${image.name} is ${image.imageId} in ${lab.id}\n`);
    if (options.json) writeJson(context, image);
    else io.stdout.write(`${image.imageId}\n`);
    return exitCode.done;
  });
}

/** By the API, and only ever to a lab: an account's images are made of other things than directories. */
async function registerImage(
  endpoint: string,
  directory: string,
  { name, tag: tags = {} }: RegisterImageOptions,
): Promise<ImageDocument> {
  const [lab, aws] = await Promise.all([import('@directrix/lab'), import('@directrix/aws')]);
  try {
    lab.readMachineImage(directory);
  } catch (cause) {
    throw new DirectrixError('IMAGE_INVALID', messageOf(cause), {
      source: directory,
      hint: 'instance.json names the services: { "services": [{ "name": "app", "command": ["node", "main.js"] }] }',
      cause,
    });
  }
  const credentials = { accessKeyId: 'lab', secretAccessKey: 'lab' };
  const clients = aws.createAwsClients({ version, endpoint, region: 'us-west-2', credentials });
  try {
    const imageId = await aws.registerImage(clients, { name, location: directory, tags });
    return { schema: 'directrix.image/1', imageId, name, directory, tags };
  } catch (cause) {
    if (!(cause instanceof DirectrixError && cause.code === 'AWS_REFUSED')) throw cause;
    const said = `${aws.awsCodeOf(cause)}: ${aws.awsTextOf(cause)}`;
    throw new DirectrixError('IMAGE_REFUSED', `The lab refused the image: ${said}`, { source: endpoint, cause });
  } finally {
    clients.destroy();
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' || error.name === 'UnbootableImageError'
    ? error.message
    : `${error.name}: ${error.message}`;
}
