import type { Question } from '@directrix/reachability';
import { readValue } from '../check.js';
import type { PreflightSnapshot, SecretsClient } from '../snapshot.js';

/** How a client asks Parameter Store for all below its path. */
export function secretsQuestion(snapshot: PreflightSnapshot, client: SecretsClient): Question {
  const principalArn = readValue(client.role)?.arn;
  return {
    from: client.source,
    to: { kind: 'name', name: serviceHost('ssm', snapshot.region) },
    port: 443,
    access: { actions: ['ssm:GetParametersByPath'], ...(principalArn === undefined ? {} : { principalArn }) },
  };
}

export function serviceHost(service: string, region: string): string {
  return `${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
