// loadSecrets: read, name, validate, or fail with the layer that failed. An application that awaits it cannot start blind.
//
//   B1. It resolves only with values that the schema accepts.
//   B2. It fails within its deadline; a network that drops is named within 5 s.
//   B3. What it cannot do it says at once: everything missing and malformed in one error.
//   B4. No value is in any error, warning, health line or event.
import { createKeptSecrets } from './kept-secrets.js';
import { createMemory, type Memory } from './last-known-good.js';
import { mapNames, normalizePath } from './names.js';
import { defaultLimits, type LoadOptions } from './options.js';
import type { StoredParameters } from './parameter-store.js';
import type { Ports } from './ports.js';
import { createReader, type Reader } from './reader.js';
import { planRequest, type StoreRequest } from './request.js';
import { validate } from './schema.js';
import { brand } from './secret.js';
import type { Loaded, Secrets, Source } from './secrets.js';
import { describeError, describeWarning, type Problem, refuse, SecretsError } from './secrets-error.js';
import { systemPorts } from './system-ports.js';

/** Everything that loading and refreshing share. */
interface Loading<Output extends object> {
  readonly options: LoadOptions<Output>;
  readonly path: string;
  readonly request: StoreRequest;
  readonly reader: Reader;
  /** Set once the names were denied: the next reading asks for the path at once. */
  readonly way: { isByPath: boolean };
  readonly memory: Memory;
  readonly ports: Ports;
  readonly signal: AbortSignal;
}

/**
 * Loads the secrets below `options.path`.
 *
 * @throws SecretsError when they cannot be loaded, naming the layer; the same is told on standard error. The signal's reason when it
 * aborts.
 */
export async function loadSecrets<Output extends object>(options: LoadOptions<Output>): Promise<Secrets<Output>> {
  const ports: Ports = { ...systemPorts, ...options.ports };
  const closing = new AbortController();
  let reader: Reader | undefined;
  try {
    const path = normalizePath(options.path);
    const request = planRequest(options, path);
    reader = createReader(path, regionOf(options), options.client, { ...defaultLimits, ...options.limits }, ports);
    const memory = createMemory(options.lastKnownGood, identityOf(path, request));
    const signal = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal;
    const way = { isByPath: false };
    const loading = { options, path, request, reader, way, memory, ports, signal };
    const first = await load(loading);
    return createKeptSecrets({
      first,
      readAgain: () => load(loading),
      refresh: options.refresh,
      maxAgeMs: options.lastKnownGood?.maxAgeMs,
      ports,
      signal,
      close() {
        closing.abort(new Error('the secrets were closed'));
        loading.reader.close();
      },
    });
  } catch (error) {
    reader?.close();
    if (error instanceof SecretsError) ports.warn(describeError(error));
    throw error;
  }
}

async function load<Output extends object>(loading: Loading<Output>): Promise<Loaded<Output>> {
  const { ports, memory } = loading;
  let parameters: StoredParameters;
  const readAt = ports.now();
  try {
    parameters = await read(loading);
  } catch (error) {
    if (!(error instanceof SecretsError) || !error.isTransport) throw error;
    return recall(loading, error);
  }
  const loaded = await makeSense(loading, parameters, { kind: 'store', readAt });
  // Only what the schema accepted is worth remembering; and a full disk is no reason not to start.
  await memory
    .remember({ parameters, readAt })
    .catch(({ code }: NodeJS.ErrnoException) =>
      ports.warn(
        describeWarning('LAST_KNOWN_GOOD_NOT_KEPT', `the file could not be written: ${code ?? 'unknown error'}`),
      ),
    );
  return loaded;
}

async function recall<Output extends object>(loading: Loading<Output>, cause: SecretsError): Promise<Loaded<Output>> {
  const { ports, memory } = loading;
  const now = ports.now();
  const remembered = await memory.recall(now);
  if (!remembered) throw cause;
  const { readAt, parameters } = remembered;
  const source = { kind: 'lastKnownGood', readAt, ageMs: now - readAt, because: cause.code } as const;
  // What the present schema does not accept was another release's: the network is the news, not the schema.
  const loaded = await makeSense(loading, parameters, source).catch(() => {
    throw cause;
  });
  ports.warn(describeError(cause));
  ports.warn(`secrets: USING LAST-KNOWN-GOOD values, read ${Math.round(source.ageMs / 1000)} s ago`);
  return loaded;
}

async function read<Output extends object>({
  request,
  reader,
  way,
  ports,
  signal,
}: Loading<Output>): Promise<StoredParameters> {
  const { names, selectorOf, isCurrentWhenMissing } = request;
  if (names === undefined || way.isByPath) return readPath(names, reader, signal);
  const asked = names.map((name) => `${name}${selectorOf(name)}`);
  const found = await reader.read(asked, signal).catch(async (denied: unknown) => {
    if (!request.isPathAnswer || !isDenied(denied)) throw denied;
    const below = await readPath(names, reader, signal).catch((error: unknown) => {
      throw isDenied(error) ? denied : error;
    });
    way.isByPath = true;
    ports.warn(
      describeWarning(
        'NAMES_DENIED',
        'ssm:GetParameters is denied; the path is read instead, ten parameters at a time',
      ),
    );
    return below;
  });
  const unlabelled = isCurrentWhenMissing ? names.filter((name) => !found.has(name)) : [];
  if (unlabelled.length === 0) return found;
  const current = await reader.read(unlabelled, signal);
  if (current.size > 0) {
    const asked = [...current.keys()].map((name) => `${name}${selectorOf(name)}`).join(', ');
    ports.warn(describeWarning('SECRET_NOT_LABELLED', `${asked} does not exist: the current version is used`));
  }
  return new Map([...found, ...current]);
}

/** Of what is below the path, the named ones; all of it when there are no names. */
async function readPath(
  names: readonly string[] | undefined,
  reader: Reader,
  signal: AbortSignal,
): Promise<StoredParameters> {
  const below = await reader.read(undefined, signal);
  return names ? new Map([...below].filter(([name]) => names.includes(name))) : below;
}

function isDenied(error: unknown): boolean {
  return error instanceof SecretsError && ['POLICY_IAM_PATH', 'POLICY_ENDPOINT'].includes(error.code);
}

/** Keys, validation and branding: from what the store answered to what the application gets. */
async function makeSense<Output extends object>(
  { options, path, request }: Loading<Output>,
  parameters: StoredParameters,
  source: Source,
): Promise<Loaded<Output>> {
  if (parameters.size === 0) throw nothingFound(path, request);
  const { names, problems: collisions } = mapNames(parameters.keys(), path, options.mapping ?? ((name) => name));
  const texts = new Map([...names].map(([key, name]) => [key, parameters.get(name)!.value]));
  // Where the current version would have done, what is missing is the parameter and not its label.
  const selectorOf = request.isCurrentWhenMissing ? () => '' : request.selectorOf;
  const nameOf = (key: string) => names.get(key) ?? `${path}${key}${selectorOf(`${path}${key}`)}`;
  const result = await validate(options.schema, texts, nameOf);
  const problems = [
    ...collisions,
    ...('problems' in result ? result.problems : []),
    ...(options.unexpected === 'refuse' ? findUnexpected(request, names) : []),
  ];
  if ('output' in result && problems.length === 0) {
    const versions = Object.fromEntries([...names].map(([key, name]) => [key, parameters.get(name)!.version]));
    return { values: brand(result.output), texts, versions, source };
  }
  throw new SecretsError('values', problems as [Problem, ...Problem[]]);
}

function nothingFound(path: string, { names }: StoreRequest): SecretsError {
  const what = names
    ? `none of the ${names.length} expected parameters is below ${path}`
    : `there is no parameter below ${path}`;
  return refuse('path', 'PATH_EMPTY', what, 'Check the path, the region and the account.');
}

function findUnexpected({ expectedKeys = [] }: StoreRequest, names: ReadonlyMap<string, string>): Problem[] {
  return [...names]
    .filter(([key]) => !expectedKeys.includes(key))
    .map(([key, name]) => ({ code: 'SECRET_UNEXPECTED', name: key, message: `${name} is not in the schema` }));
}

function identityOf(path: string, { names, selectorOf }: StoreRequest): string {
  return JSON.stringify([path, names?.map((name) => `${name}${selectorOf(name)}`).sort()]);
}

function regionOf({ region, client }: { readonly region?: string; readonly client?: unknown }): string {
  const found = region ?? process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (found) return found;
  // A client of the caller's knows its own.
  if (client !== undefined) return '';
  throw refuse('configuration', 'SECRETS_REGION_MISSING', 'no region is configured', 'Give region, or set AWS_REGION.');
}
