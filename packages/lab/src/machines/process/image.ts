import { readFileSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { z } from 'zod';

/** What an image of the lab says that an instance of it runs: `instance.json` in the image's directory. */
export interface MachineImage {
  readonly directory: string;
  readonly services: readonly ServiceDescription[];
  readonly faults: MachineFaults;
}

export interface ServiceDescription {
  readonly name: string;
  /** The first word `node` means the Node that runs the lab. Relative paths start at the image's directory. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly restart: RestartPolicy;
  /** systemd's RestartSec. */
  readonly restartSeconds: number;
  /** Runs in a container on a bridge network: one hop further from the instance metadata service. */
  readonly container: boolean;
  /**
   * Where the service runs. `lab`: on the lab's network, by its guest. `host`: on this machine's own network, which proves nothing
   * about the lab's.
   */
  readonly network: 'lab' | 'host';
}

type RestartPolicy = 'no' | 'on-failure' | 'always';

/** What goes wrong with a machine of this image, in lab time. */
interface MachineFaults {
  /** The time from power-on to the first service. */
  readonly bootDelaySeconds?: number | undefined;
  /** Every service's main process is killed this long after it started, each time. */
  readonly crashAfterSeconds?: number | undefined;
}

/** An image that cannot boot. The message is for the console, and names the file and the field. */
export class UnbootableImageError extends Error {
  override readonly name = 'UnbootableImageError';
}

/** The image's tag that adds faults to those of its `instance.json`, as JSON. */
export const FAULTS_TAG = 'directrix:faults';

const DEFAULT_RESTART_SECONDS = 0.1;

const seconds = z.number({ error: 'must be a number of seconds, 0 or more' }).min(0, {
  error: 'must be a number of seconds, 0 or more',
});
const text = z.string({ error: 'must be a string' });
const list = 'must be a list';
const object = 'must be an object';

const faultsSchema = z.strictObject(
  { bootDelaySeconds: seconds.optional(), crashAfterSeconds: seconds.optional() },
  { error: object },
);

const serviceSchema = z.strictObject(
  {
    // It becomes part of file names and of console lines.
    name: text.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, {
      error: 'must be 1 to 64 letters, digits, dots, dashes or underscores',
    }),
    command: z.array(text, { error: list }).refine(([program]) => Boolean(program), { error: 'is empty' }),
    env: z.record(z.string(), text, { error: object }).default({}),
    restart: z.enum(['no', 'on-failure', 'always'], { error: 'must be "no", "on-failure" or "always"' }).default('no'),
    restartSeconds: seconds.default(DEFAULT_RESTART_SECONDS),
    container: z.boolean({ error: 'must be true or false' }).default(false),
    network: z.enum(['lab', 'host'], { error: 'must be "lab" or "host"' }).default('lab'),
  },
  { error: object },
);

const manifestSchema = z.strictObject(
  { services: z.array(serviceSchema, { error: list }), faults: faultsSchema.default({}) },
  { error: object },
);

const KNOWN_FIELDS = {
  manifest: Object.keys(manifestSchema.shape),
  service: Object.keys(serviceSchema.shape),
  faults: Object.keys(faultsSchema.shape),
};

/** Reads the image in a directory. Throws UnbootableImageError. */
export function readMachineImage(directory: string, faultsTag?: string): MachineImage {
  if (!isAbsolute(directory)) {
    throw new UnbootableImageError(
      `ImageLocation ${JSON.stringify(directory)} is not the absolute path of a directory. Register one with: directrix lab image register DIR`,
    );
  }
  const file = join(directory, 'instance.json');
  const { services, faults } = parseWith(manifestSchema, parseJson(readText(file), file), file);
  const repeated = services.find((service, index) => services.findIndex(({ name }) => name === service.name) !== index);
  if (repeated !== undefined) throw new UnbootableImageError(`${file}: two services are called ${repeated.name}.`);
  for (const [index, service] of services.entries()) refuseWithoutGuest(service, `${file}: services[${index}]`);
  const tag = `tag ${FAULTS_TAG}`;
  const tagFaults = faultsTag === undefined ? {} : parseWith(faultsSchema, parseJson(faultsTag, tag), tag);
  return { directory, services, faults: { ...faults, ...tagFaults } };
}

/** Only Node has a guest; any other program would meet this machine's own network, and its credentials and metadata there. */
function refuseWithoutGuest({ command, network }: ServiceDescription, where: string): void {
  const [program = ''] = command;
  if (network === 'host' || hasGuest(program)) return;
  throw new UnbootableImageError(
    `${where}: ${JSON.stringify(program)} would not run on the lab's network, because only Node programs do. Say "network": "host" to let it run on this machine's own network; what it reaches then says nothing about the lab's.`,
  );
}

function hasGuest(program: string): boolean {
  return basename(program) === 'node';
}

function parseWith<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UnbootableImageError(issue === undefined ? `${where} is invalid.` : writeIssue(issue, where));
}

function writeIssue(issue: z.core.$ZodIssue, where: string): string {
  const path = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  const place = path === '' ? where : `${where}: ${path.slice(1)}`;
  if (issue.code !== 'unrecognized_keys') return `${place} ${issue.message}.`;
  const [key] = issue.keys;
  return `${place} has an unknown field ${JSON.stringify(key)}; known are ${knownFields(place).join(', ')}.`;
}

function knownFields(place: string): readonly string[] {
  if (place.endsWith('faults')) return KNOWN_FIELDS.faults;
  return place.endsWith(']') ? KNOWN_FIELDS.service : KNOWN_FIELDS.manifest;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UnbootableImageError(
      `${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

function parseJson(content: string, where: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new UnbootableImageError(`${where} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
