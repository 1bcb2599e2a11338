import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';

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
}

export type RestartPolicy = 'no' | 'on-failure' | 'always';

/** What goes wrong with a machine of this image, in lab time. */
export interface MachineFaults {
  /** The time from power-on to the first service. */
  readonly bootDelaySeconds?: number;
  /** Every service's main process is killed this long after it started, each time. */
  readonly crashAfterSeconds?: number;
}

/** An image that cannot boot. The message is for the console, and names the file and the field. */
export class UnbootableImageError extends Error {
  override readonly name = 'UnbootableImageError';
}

/** The image's tag that adds faults to those of its `instance.json`, as JSON. */
export const FAULTS_TAG = 'directrix:faults';

const DEFAULT_RESTART_SECONDS = 0.1;
const SERVICE_KEYS = ['name', 'command', 'env', 'restart', 'restartSeconds', 'container'];
const FAULT_KEYS = ['bootDelaySeconds', 'crashAfterSeconds'];

/** Reads the image in a directory. Throws UnbootableImageError. */
export function readMachineImage(directory: string, faultsTag?: string): MachineImage {
  if (!isAbsolute(directory)) {
    throw new UnbootableImageError(
      `ImageLocation ${JSON.stringify(directory)} is not the absolute path of a directory. Register one with: directrix lab image register DIR`,
    );
  }
  const file = join(directory, 'instance.json');
  const manifest = expectObject(parseJson(readText(file), file), file);
  expectKnownKeys(manifest, ['services', 'faults'], file);
  const services = expectArray(manifest.services, `${file}: services`).map((service, index) =>
    parseService(service, `${file}: services[${index}]`),
  );
  const repeated = services.find((service, index) => services.findIndex(({ name }) => name === service.name) !== index);
  if (repeated !== undefined) throw new UnbootableImageError(`${file}: two services are called ${repeated.name}.`);
  const tagFaults = faultsTag === undefined ? {} : parseJson(faultsTag, `tag ${FAULTS_TAG}`);
  const faults = {
    ...parseFaults(manifest.faults ?? {}, `${file}: faults`),
    ...parseFaults(tagFaults, `tag ${FAULTS_TAG}`),
  };
  return { directory, services, faults };
}

function parseService(value: unknown, where: string): ServiceDescription {
  const service = expectObject(value, where);
  expectKnownKeys(service, SERVICE_KEYS, where);
  const name = expectString(service.name, `${where}.name`);
  // It becomes part of file names and of console lines.
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name)) {
    throw new UnbootableImageError(`${where}.name must be 1 to 64 letters, digits, dots, dashes or underscores.`);
  }
  const command = expectArray(service.command, `${where}.command`).map((word, index) =>
    expectString(word, `${where}.command[${index}]`),
  );
  if (!command[0]) throw new UnbootableImageError(`${where}.command is empty.`);
  const env = expectObject(service.env ?? {}, `${where}.env`);
  return {
    name,
    command,
    env: Object.fromEntries(Object.entries(env).map(([key, text]) => [key, expectString(text, `${where}.env.${key}`)])),
    restart: expectRestart(service.restart ?? 'no', `${where}.restart`),
    restartSeconds: expectSeconds(service.restartSeconds ?? DEFAULT_RESTART_SECONDS, `${where}.restartSeconds`),
    container: expectBoolean(service.container ?? false, `${where}.container`),
  };
}

function parseFaults(value: unknown, where: string): MachineFaults {
  const faults = expectObject(value, where);
  expectKnownKeys(faults, FAULT_KEYS, where);
  return Object.fromEntries(
    Object.entries(faults).map(([key, seconds]) => [key, expectSeconds(seconds, `${where}.${key}`)]),
  );
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

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UnbootableImageError(`${where} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function expectObject(value: unknown, where: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new UnbootableImageError(`${where} must be an object.`);
}

function expectArray(value: unknown, where: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new UnbootableImageError(`${where} must be a list.`);
}

function expectString(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new UnbootableImageError(`${where} must be a string.`);
}

function expectBoolean(value: unknown, where: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new UnbootableImageError(`${where} must be true or false.`);
}

function expectSeconds(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw new UnbootableImageError(`${where} must be a number of seconds, 0 or more.`);
}

function expectRestart(value: unknown, where: string): RestartPolicy {
  if (value === 'no' || value === 'on-failure' || value === 'always') return value;
  throw new UnbootableImageError(`${where} must be "no", "on-failure" or "always".`);
}

function expectKnownKeys(object: Record<string, unknown>, known: readonly string[], where: string): void {
  const unknownKey = Object.keys(object).find((key) => !known.includes(key));
  if (unknownKey === undefined) return;
  throw new UnbootableImageError(
    `${where} has an unknown field ${JSON.stringify(unknownKey)}; known are ${known.join(', ')}.`,
  );
}
