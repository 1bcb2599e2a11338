// The reader: one read of the store, with the deadline, the retries, and the ladder climbed beside them, so that a network that drops
// is named while the first attempt is still under way.
//
//   R1. A read ends within `limits.totalMs`, whatever the network and the store do, and leaves no request behind.
//   R2. What a client of the caller's is used for leaves nothing in it.
import { setMaxListeners } from 'node:events';
import { type GetParametersByPathCommand, type GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { explainFailure } from './diagnosis.js';
import { type Failure, isTransport } from './failure.js';
import { probeCredentials } from './instance-metadata.js';
import { type ProbeTarget, probe } from './ladder.js';
import type { Limits } from './options.js';
import { type Caller, readByNames, readByPath, type StoredParameters } from './parameter-store.js';
import type { Ports } from './ports.js';
import { CallFailed, callWithRetries } from './retry.js';
import { type Diagnosis, refuse, SecretsError } from './secrets-error.js';

export interface Reader {
  /**
   * Reads once. `names` are full parameter names, with selectors where pinned; undefined reads everything below the path.
   *
   * @throws SecretsError with the layer that failed; or the signal's reason.
   */
  read(names: readonly string[] | undefined, signal: AbortSignal): Promise<StoredParameters>;
  close(): void;
}

/** Two connect timeouts and one wait between them stay below 5 s with the default limits. */
const retries = { maxAttempts: 6, maxSlowAttempts: 2, baseMs: 200, capMs: 2_000 };
/** An attempt that takes longer has the ladder climbed beside it. */
const patienceMs = 500;

export function createReader(
  path: string,
  region: string,
  given: SSMClient | undefined,
  limits: Limits,
  ports: Ports,
): Reader {
  const client = given ?? createClient(region, limits);
  return {
    read: (names, signal) => readOnce(client, path, names, limits, ports, signal),
    close() {
      if (given === undefined) client.destroy();
    },
  };
}

/** What the SDK would say in the application's log; what matters of it comes as an error. */
const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

function createClient(region: string, limits: Limits): SSMClient {
  return withoutNodeWarning(() => newClient(region, limits));
}

/** The SDK warns of Node releases that it will leave one day, when its first client is made. That is not for an application's log. */
function withoutNodeWarning<T>(make: () => T): T {
  const name = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';
  const before = process.env[name];
  process.env[name] = 'true';
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  }
}

function newClient(region: string, limits: Limits): SSMClient {
  return new SSMClient({
    region,
    logger: quiet,
    // Our own retries know which failures are worth one; the SDK's would multiply them.
    maxAttempts: 1,
    requestHandler: {
      logger: quiet,
      connectionTimeout: limits.connectMs,
      requestTimeout: limits.requestMs,
      // Without it a request timeout is a warning only.
      throwOnRequestTimeout: true,
      // All batches of an application at once: see T4.
      httpsAgent: { maxSockets: 50, keepAlive: true },
    },
  });
}

async function readOnce(
  client: SSMClient,
  path: string,
  names: readonly string[] | undefined,
  limits: Limits,
  ports: Ports,
  signal: AbortSignal,
): Promise<StoredParameters> {
  signal.throwIfAborted();
  const ending = new AbortController();
  // A listener for each batch: many, and no leak.
  setMaxListeners(0, ending.signal);
  const deadline = setTimeout(() => ending.abort(new DeadlineExceeded()), limits.totalMs);
  const stop = () => ending.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  const climb = createClimb(limits, ports, ending.signal);
  let last: CallFailed | undefined;
  const call: Caller = (request: GetParametersCommand | GetParametersByPathCommand) => {
    noteTarget(request, climb.setTarget);
    return callWithRetries(
      (abortSignal) => client.send(request as GetParametersCommand, { abortSignal }),
      retries,
      ports,
      ending.signal,
      (failure, attempts) => {
        last = new CallFailed(failure, attempts);
        climb.onFailure(failure);
      },
    );
  };
  try {
    const reading = names ? readByNames(names, call) : readByPath(path, call);
    return await untilAborted(reading, ending.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SecretsError) throw error;
    // At the deadline the last failure says more than the clock does.
    const failed = error instanceof CallFailed ? error : error instanceof DeadlineExceeded ? last : undefined;
    if (failed) {
      const diagnosis = error instanceof CallFailed ? await climb.diagnose(failed.failure) : climb.found();
      throw explainFailure(failed, diagnosis, { host: climb.host(), path, requestMs: limits.requestMs });
    }
    if (error instanceof DeadlineExceeded) throw tooLate(path, limits.totalMs);
    throw error;
  } finally {
    clearTimeout(deadline);
    signal.removeEventListener('abort', stop);
    // R1: the other batches, and the ladder.
    ending.abort(new DeadlineExceeded());
    climb.stop();
  }
}

class DeadlineExceeded extends Error {}

/** The climb of one read: begun once, at the first failure below HTTP, or when an attempt takes long. */
function createClimb(limits: Limits, ports: Ports, signal: AbortSignal) {
  let target: ProbeTarget | undefined;
  let climbing: Promise<Diagnosis | undefined> | undefined;
  let found: Diagnosis | undefined;
  const begin = (): Promise<Diagnosis | undefined> => {
    if (target === undefined) return Promise.resolve(undefined);
    climbing ??= probe(target, limits, signal).then((diagnosis) => {
      found = signal.aborted ? undefined : diagnosis;
      if (found && found.layer !== 'service') {
        ports.warn(`secrets: ${found.problem.code} (${found.layer}): ${found.problem.message}; still trying`);
      }
      return found;
    });
    return climbing;
  };
  const impatience = setTimeout(() => void begin(), patienceMs);
  return {
    setTarget: (seen: ProbeTarget) => {
      target ??= seen;
    },
    host: () => target?.host ?? 'Parameter Store',
    found: () => found,
    onFailure(failure: Failure) {
      if (isTransport(failure)) void begin();
    },
    async diagnose(failure: Failure): Promise<Diagnosis | undefined> {
      if (failure.kind === 'credentials') return probeCredentials(process.env, signal);
      return isTransport(failure) ? begin() : undefined;
    },
    stop: () => clearTimeout(impatience),
  };
}

/** Learns where a request goes, `AWS_ENDPOINT_URL` and all, from the request itself. R2: the middleware is the command's. */
function noteTarget(
  request: GetParametersCommand | GetParametersByPathCommand,
  setTarget: (target: ProbeTarget) => void,
): void {
  (request as GetParametersCommand).middlewareStack.add(
    (next) => (args) => {
      const { hostname, port, protocol } = args.request as { hostname: string; port?: number; protocol: string };
      const isTls = protocol !== 'http:';
      setTarget({ host: hostname, port: port ?? (isTls ? 443 : 80), isTls });
      return next(args);
    },
    { step: 'build', name: 'noteTarget', override: true },
  );
}

/** Rejects with the signal's reason as soon as it aborts, also when what is awaited does not listen to it (credentials do not). */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function tooLate(path: string, totalMs: number): SecretsError {
  return refuse('service', 'DEADLINE_EXCEEDED', `the secrets below ${path} were not read within ${totalMs} ms`);
}
