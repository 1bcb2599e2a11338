// The reader: one read of the store, with the deadline, the retries, and the ladder climbed beside them, so that a network that drops
// is named while the last retry is still under way.
import { SSMClient } from '@aws-sdk/client-ssm';
import { explainFailure } from './diagnosis.js';
import { isTransport } from './failure.js';
import { type Diagnosis, type ProbeTarget, probe } from './ladder.js';
import type { Limits } from './options.js';
import { type Caller, readByNames, readByPath, type StoredParameters } from './parameter-store.js';
import type { Ports } from './ports.js';
import { CallFailed, callWithRetries } from './retry.js';
import { refuse } from './secrets-error.js';

export interface Reader {
  /**
   * Reads once. `names` are full parameter names, with selectors where pinned; undefined reads everything below the path.
   *
   * @throws SecretsError with the layer that failed; or the signal's reason.
   */
  read(names: readonly string[] | undefined, signal: AbortSignal): Promise<StoredParameters>;
  close(): void;
}

/** Two connect timeouts and one wait between stay below 5 s with the default limits. */
const retries = { maxAttempts: 5, maxTransportAttempts: 2, baseMs: 200, capMs: 2_000 };

export function createReader(
  path: string,
  region: string,
  given: SSMClient | undefined,
  limits: Limits,
  ports: Ports,
): Reader {
  const client =
    given ??
    new SSMClient({
      region,
      // Our own retries know which failures are worth one; the SDK's would multiply them.
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: limits.connectMs,
        requestTimeout: limits.requestMs,
        // Without it a request timeout is a warning only.
        throwOnRequestTimeout: true,
        httpsAgent: { maxSockets: 50, keepAlive: true },
      },
    });
  return {
    async read(names, signal) {
      const deadline = AbortSignal.timeout(limits.totalMs);
      const target = await targetOf(client);
      let climbing: Promise<Diagnosis | undefined> | undefined;
      const both = AbortSignal.any([signal, deadline]);
      const call: Caller = (request) =>
        callWithRetries(request, retries, ports, both, (failure) => {
          if (isTransport(failure)) climbing ??= probe(target, limits, both);
        });
      try {
        return await (names ? readByNames(client, names, call) : readByPath(client, path, call));
      } catch (error) {
        if (error instanceof CallFailed) {
          throw explainFailure(error, await climbing, { host: target.host, path, requestMs: limits.requestMs });
        }
        if (deadline.aborted && !signal.aborted) throw tooLate(path, limits.totalMs);
        throw error;
      }
    },
    close() {
      if (given === undefined) client.destroy();
    },
  };
}

/** Where the client's requests go: its endpoint, `AWS_ENDPOINT_URL` included, or the service's name in the region. */
async function targetOf(client: SSMClient): Promise<ProbeTarget> {
  const endpoint = await client.config.endpoint?.();
  if (endpoint) {
    const isTls = endpoint.protocol === 'https:';
    return { host: endpoint.hostname, port: endpoint.port ?? (isTls ? 443 : 80), isTls };
  }
  const resolved = client.config.endpointProvider({
    Region: await client.config.region(),
    UseFIPS: false,
    UseDualStack: false,
  });
  return {
    host: resolved.url.hostname,
    port: Number(resolved.url.port) || 443,
    isTls: resolved.url.protocol === 'https:',
  };
}

function tooLate(path: string, totalMs: number): Error {
  return refuse('service', 'DEADLINE_EXCEEDED', `the secrets below ${path} were not read within ${totalMs} ms`);
}
