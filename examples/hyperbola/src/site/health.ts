import type { Settings } from './settings.js';

/** Whether the site can serve, or why not. */
export type Readiness =
  | { readonly isReady: true; readonly settings: Settings }
  | { readonly isReady: false; readonly why: string };

export interface Health {
  readonly statusCode: 200 | 503;
  readonly body: string;
}

/**
 * The health page: who answers, which version, and `OK` or `KO: why`. The load balancer looks at the status code, a deployer at
 * the words.
 */
export function checkHealth(version: string, fqdn: string, readiness: Readiness): Health {
  const problem = findProblem(readiness);
  return {
    statusCode: problem ? 503 : 200,
    body: `VERSION: ${version}\nFQDN: ${fqdn}\n${problem ? `KO: ${problem}` : 'OK'}\n`,
  };
}

function findProblem(readiness: Readiness): string | undefined {
  if (!readiness.isReady) return readiness.why;
  return URL.canParse(readiness.settings.databaseUrl) ? undefined : 'DATABASE_URL is not a URL';
}
