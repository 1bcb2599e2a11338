import { resolve } from 'node:path';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { chooseLab } from './choose-lab.js';
import type { RegisterImageOptions } from './command.js';
import type { ImageDocument } from './lab-document.js';
import { perform, writeJson } from './perform.js';

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
  { name, tag: tags }: RegisterImageOptions,
): Promise<ImageDocument> {
  const [{ readMachineImage }, { EC2Client, RegisterImageCommand }] = await Promise.all([
    import('@directrix/lab'),
    import('@aws-sdk/client-ec2'),
  ]);
  try {
    readMachineImage(directory);
  } catch (cause) {
    throw new DirectrixError('IMAGE_INVALID', messageOf(cause), {
      source: directory,
      hint: 'instance.json names the services: { "services": [{ "name": "app", "command": ["node", "main.js"] }] }',
      cause,
    });
  }
  const credentials = { accessKeyId: 'lab', secretAccessKey: 'lab' };
  const ec2 = new EC2Client({ endpoint, region: 'us-west-2', credentials });
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  try {
    const { ImageId: imageId = '' } = await ec2.send(
      new RegisterImageCommand({
        Name: name,
        ImageLocation: directory,
        Architecture: 'x86_64',
        TagSpecifications: Tags.length === 0 ? undefined : [{ ResourceType: 'image', Tags }],
      }),
    );
    return { schema: 'directrix.image/1', imageId, name, directory, tags };
  } catch (cause) {
    throw new DirectrixError('IMAGE_REFUSED', `The lab refused the image: ${messageOf(cause)}`, {
      source: endpoint,
      cause,
    });
  } finally {
    ec2.destroy();
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' || error.name === 'UnbootableImageError'
    ? error.message
    : `${error.name}: ${error.message}`;
}
