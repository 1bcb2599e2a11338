import type { AssumeRoleCommandInput, AssumeRoleResponse } from '@aws-sdk/client-sts';
import { readPolicy } from '@directrix/iam';
import { callerArn } from '../../../access/caller-arn.js';
import { decideAccess } from '../../../access/decide-access.js';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import type { RoleRecord } from '../../iam/state.js';

const DEFAULT_SECONDS = 3_600;

/** The role's trust policy decides. Session policies, tags and an MFA device are refused by name; an external id counts in the policy. */
export function assumeRole(input: AssumeRoleCommandInput, context: OperationContext): AssumeRoleResponse {
  const { state } = context;
  const roleName = /^arn:aws[^:]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(input.RoleArn!)?.[2] ?? '';
  const role = state.iam.roles.get(roleName);
  if (role === undefined || role.arn !== input.RoleArn || !isTrusted(role, input, context)) {
    throw new AwsError(
      'AccessDenied',
      `User: ${callerArn(context)} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`,
      403,
    );
  }
  const seconds = input.DurationSeconds ?? DEFAULT_SECONDS;
  if (seconds > role.maxSessionDurationSeconds) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  const sessionName = input.RoleSessionName!;
  if (context.beginSession === undefined) throw new TypeError('Sessions are begun by requests only.');
  const session = context.beginSession(sessionName, roleName, seconds * 1_000);
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: new Date(session.expiresAt),
    },
    AssumedRoleUser: {
      AssumedRoleId: `${role.roleId}:${sessionName}`,
      Arn: `arn:aws:sts::${state.accountId}:assumed-role/${roleName}/${sessionName}`,
    },
  };
}

function isTrusted(role: RoleRecord, input: AssumeRoleCommandInput, context: OperationContext): boolean {
  const { state, caller } = context;
  const { accountId, region } = state;
  const callerRoleArn = caller.kind === 'instanceRole' ? state.iam.roles.get(caller.roleName)?.arn : undefined;
  const arn = callerArn(context);
  const decision = decideAccess([readPolicy(role.roleName, role.assumeRolePolicyDocument, 'trust')], {
    action: 'sts:AssumeRole',
    resource: role.arn,
    principal: {
      arns: callerRoleArn === undefined ? [arn] : [callerRoleArn, arn],
      accountId,
      isAccountChecked: false,
    },
    context: {
      values: {
        'aws:PrincipalAccount': [accountId],
        'aws:PrincipalArn': [callerRoleArn ?? arn],
        'aws:RequestedRegion': [region],
        'aws:MultiFactorAuthPresent': [],
        'sts:ExternalId': input.ExternalId === undefined ? [] : [input.ExternalId],
        'sts:RoleSessionName': [input.RoleSessionName!],
      },
    },
  });
  return decision.kind === 'allowed';
}
