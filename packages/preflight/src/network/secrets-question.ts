import type { Question } from '@directrix/reachability';
import { readValue } from '../check.js';
import { pathArn } from '../secrets-need.js';
import type { PreflightSnapshot, SecretsClient } from '../snapshot.js';

/** An account whose number is not known: twelve digits, and no part of what follows them. */
const anyAccount = '????????????';

/** How a client asks Parameter Store for all below its path. */
export function secretsQuestion(snapshot: PreflightSnapshot, client: SecretsClient): Question {
  const principalArn = readValue(client.role)?.arn;
  const { region, accountId = anyAccount, secrets } = snapshot;
  return {
    from: client.source,
    to: { kind: 'name', name: serviceHost('ssm', region) },
    port: 443,
    access: {
      actions: ['ssm:GetParametersByPath'],
      ...(secrets !== undefined && { resources: [pathArn(region, accountId, secrets.path)] }),
      ...(principalArn !== undefined && { principalArn }),
    },
  };
}

export function serviceHost(service: string, region: string): string {
  return `${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
