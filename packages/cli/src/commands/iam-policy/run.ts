import { groupPath } from '@directrix/aws';
import type { PermissionUse } from '@directrix/preflight';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { normalizePath } from '../secrets/parameter-limits.js';
import { describePolicy } from './policy.js';

export interface IamPolicyOptions {
  readonly group?: readonly string[];
  readonly secretsPath?: string;
  readonly logGroup?: string;
  readonly labelSecrets?: boolean;
  readonly alarms?: boolean;
  readonly canary?: boolean;
  /** False: `--no-prove`. */
  readonly prove?: boolean;
  readonly readOnly?: boolean;
  readonly region?: string;
  readonly account?: string;
}

export function runIamPolicy({ io, setExitCode }: CommandContext, options: IamPolicyOptions): void {
  const { group = [], secretsPath, logGroup, region, account } = options;
  const policy = describePolicy({
    groupNames: group,
    statePathOf: groupPath,
    uses: new Set(listUses(options)),
    secretsPath: secretsPath === undefined ? undefined : normalizePath(secretsPath),
    logGroup,
    region,
    account,
  });
  io.stdout.write(`${JSON.stringify(policy, null, 2)}\n`);
  setExitCode(exitCode.done);
}

function listUses(options: IamPolicyOptions): readonly PermissionUse[] {
  const { secretsPath, logGroup, labelSecrets, alarms, readOnly, prove, canary } = options;
  if (labelSecrets && secretsPath === undefined)
    throw new DirectrixError('USAGE', '--label-secrets is about secrets, and no path of them is named.', {
      source: 'directrix iam-policy',
      hint: 'add --secrets-path /app/production/',
    });
  if (readOnly && (labelSecrets || alarms || canary))
    throw new DirectrixError(
      'USAGE',
      '--read-only is for no deploy, and --label-secrets, --alarms and --canary are for one.',
      {
        source: 'directrix iam-policy',
        hint: 'leave --read-only out',
      },
    );
  const reading: readonly PermissionUse[] = [
    'read',
    'preflight',
    ...(secretsPath === undefined ? [] : (['secrets'] as const)),
    ...(logGroup === undefined ? [] : (['logs'] as const)),
  ];
  if (readOnly) return reading;
  if (canary && prove === false)
    throw new DirectrixError(
      'USAGE',
      'A canary is the instance that was tried outside of the group, and --no-prove tries none.',
      {
        source: 'directrix iam-policy',
        hint: 'leave --no-prove out',
      },
    );
  return [
    ...reading,
    'deploy',
    ...(prove === false ? [] : (['prove'] as const)),
    ...(canary ? (['canary'] as const) : []),
    ...(alarms ? (['alarms'] as const) : []),
    ...(labelSecrets ? (['labels'] as const) : []),
  ];
}
