import type { Settings } from './settings.js';

export interface Health {
  readonly statusCode: 200 | 503;
  readonly body: string;
}

/**
 * The health page: who answers, which version, and `OK` or `KO: why`. The load balancer looks at the status code, a deployer at
 * the words.
 */
export function checkHealth(version: string, fqdn: string, settings: Settings): Health {
  const problem = URL.canParse(settings.databaseUrl) ? undefined : 'DATABASE_URL is not a URL';
  return {
    statusCode: problem ? 503 : 200,
    body: `VERSION: ${version}\nFQDN: ${fqdn}\n${problem ? `KO: ${problem}` : 'OK'}\n`,
  };
}
