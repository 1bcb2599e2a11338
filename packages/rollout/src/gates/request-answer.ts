// Request answers: what one request of the outside prober came to, and whose answer it was.
import type { WatchedPath } from './request-watch.js';
import { isSameHost } from './version-page.js';

/** One request through the load balancer. Times are epoch milliseconds and milliseconds. */
export interface RequestAnswer {
  readonly at: number;
  /** `/` */
  readonly path: string;
  /** From the beginning of the request to the last byte of its answer, or to the failure. */
  readonly durationMs: number;
  /** Undefined: there was no answer. */
  readonly statusCode?: number;
  /** Why there was no answer, or which check it did not pass. */
  readonly trouble?: string;
  /** False: no connection to the load balancer came about. That says nothing about what is behind it. */
  readonly isConnected: boolean;
  /** What the answer says of its release and its instance, where it does. */
  readonly version?: string;
  readonly fqdn?: string;
  /** An expectation of the operator's that the answer did not meet. */
  readonly isUnexpected?: boolean;
}

/**
 * Whether a user would call it a failure: no answer, a server error, an answer that does not meet what was expected, or a client
 * error where there was none before.
 */
export function isFailedAnswer(answer: RequestAnswer, watched: readonly WatchedPath[]): boolean {
  const { statusCode, isUnexpected = false } = answer;
  if (statusCode === undefined || isUnexpected) return true;
  if (statusCode >= 500) return true;
  const usual = watched.find(({ path }) => path === answer.path)?.usualStatus;
  return statusCode >= 400 && usual !== undefined && usual < 400;
}

export type Answerer = 'new' | 'old' | 'unknown';

interface AnsweringInstance {
  readonly instanceId: string;
  readonly privateDnsName?: string;
  readonly isNew: boolean;
}

/** Finds the instance of a host name. Made once a tick: a large group must not be searched for each answer. */
export function createInstanceLookup(
  instances: readonly AnsweringInstance[],
): (fqdn: string | undefined) => AnsweringInstance | undefined {
  const found = new Map<string, AnsweringInstance | undefined>();
  return (fqdn) => {
    if (fqdn === undefined) return undefined;
    if (!found.has(fqdn))
      found.set(
        fqdn,
        instances.find(({ privateDnsName }) => isSameHost(privateDnsName ?? '', fqdn)),
      );
    return found.get(fqdn);
  };
}

/** Whose answer it was: by the instance that it names, else by its version; `unknown` where the two releases share a version. */
export function findAnswerer(
  answer: RequestAnswer,
  instance: AnsweringInstance | undefined,
  releases: { readonly from: string; readonly to: string },
): Answerer {
  if (instance !== undefined) return instance.isNew ? 'new' : 'old';
  if (answer.version === undefined || releases.from === releases.to) return 'unknown';
  return answer.version === releases.to ? 'new' : 'old';
}
