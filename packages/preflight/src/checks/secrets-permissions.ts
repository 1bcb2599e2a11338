// Whether the instances' role may read the path, and decrypt what is there.
import { partitionOf } from '@directrix/reachability';
import { shell } from '@directrix/rollout';
import type { Check, CheckContext, Draft } from '../check.js';
import { groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';
import { askRole, doubtText, isOpenForUnread } from '../role-access.js';
import { pathArn } from '../secrets-need.js';
import type { RoleSnapshot, SecretsClient, SecretsSnapshot } from '../snapshot.js';

export const checkSecretsPermissions: Check = (context) => {
  const { snapshot } = context;
  const { secrets } = snapshot;
  if (secrets === undefined) return [];
  const builders = readValue(snapshot.builders) ?? [];
  return [
    ...checkMetadata(context),
    ...checkClient(context, snapshot.backend, secrets),
    ...builders
      .filter(({ role }) => role.kind === 'read' && role.value !== undefined)
      .flatMap((builder) => checkClient(context, builder, secrets))
      // It stops the next image, not this rollout.
      .map((found): Draft => (found.severity === 'error' ? { ...found, severity: 'warning' } : found)),
  ];
};

function checkMetadata({ snapshot }: CheckContext): readonly Draft[] {
  const template = readValue(snapshot.launchTemplate);
  if (template?.data?.MetadataOptions?.HttpEndpoint !== 'disabled') return [];
  return [
    draft('IMDS_DISABLED', {
      subject: groupSubject(snapshot),
      message: `Launch template ${template.name} switches the metadata service off: instances would have no credentials to read ${snapshot.secrets?.path} with.`,
      evidence: [{ id: template.launchTemplateId, what: 'MetadataOptions.HttpEndpoint is disabled' }],
    }),
  ];
}

function checkClient({ snapshot }: CheckContext, client: SecretsClient, secrets: SecretsSnapshot): readonly Draft[] {
  if (client.role.kind === 'unread') return [];
  const role = client.role.value;
  if (role === undefined)
    return [
      draft('INSTANCE_PROFILE_MISSING', {
        subject: client.name,
        message: `${client.name} starts without an instance profile, so nothing may read ${secrets.path}.`,
      }),
    ];
  const { accountId = '*' } = snapshot;
  return [
    // What the role may read is how the path is known: it cannot be what is missing.
    ...(secrets.saidBy === 'role' ? [] : checkPath(role, secrets, snapshot.region, accountId)),
    ...checkKeys(role, secrets, snapshot.region, accountId),
  ];
}

function checkPath(role: RoleSnapshot, { path }: SecretsSnapshot, region: string, accountId: string): readonly Draft[] {
  const resource = pathArn(region, accountId, path);
  const answer = askRole(role, { action: 'ssm:GetParametersByPath', resource, region });
  // The unread policy has a note of its own.
  if (answer.kind === 'yes' || isOpenForUnread(answer)) return [];
  const subject = `role ${role.roleName}`;
  if (answer.kind === 'cannotTell') {
    const because = answer.because.map(doubtText);
    return [
      draft('POLICY_IAM_CONDITIONAL', {
        subject,
        message: `Whether ${role.roleName} may do ssm:GetParametersByPath on ${resource} depends on ${because.join(', and on ')}.`,
        evidence: because.map((what) => ({ id: role.arn, what })),
      }),
    ];
  }
  if (answer.reason === 'explicitDeny') return [denied(role, resource, answer.by)];
  return [answer.policy === undefined ? notAllowed(role, resource) : outOfBounds(role, resource, answer.policy)];
}

function notAllowed(role: RoleSnapshot, resource: string): Draft {
  const bare = resource.replace(/\/$/, '');
  return draft('POLICY_IAM_PATH', {
    subject: `role ${role.roleName}`,
    message: `No statement of ${role.roleName} allows ssm:GetParametersByPath on ${resource}, the ARN of the path itself.`,
    evidence: [
      { id: role.arn, what: `policies looked at: ${role.policies.map(({ name }) => name).join(', ') || 'none'}` },
    ],
    fix: {
      text: `allow ssm:GetParametersByPath on ${bare} and ${bare}/*`,
      commands: [putRolePolicy(role, 'directrix-secrets', ['ssm:GetParametersByPath'], [bare, `${bare}/*`])],
    },
  });
}

function denied(role: RoleSnapshot, resource: string, statement: string): Draft {
  return draft('POLICY_IAM_PATH', {
    subject: `role ${role.roleName}`,
    message: `${statement} denies ${role.roleName} ssm:GetParametersByPath on ${resource}.`,
    evidence: [{ id: role.arn, what: statement }],
    fix: { text: `somebody denied it on purpose: ask them to change ${statement}` },
  });
}

function outOfBounds(role: RoleSnapshot, resource: string, boundary: string): Draft {
  return draft('POLICY_IAM_PATH', {
    subject: `role ${role.roleName}`,
    message: `The permissions boundary ${boundary} of ${role.roleName} does not allow ssm:GetParametersByPath on ${resource}.`,
    evidence: [{ id: role.arn, what: boundary }],
    fix: { text: `ask the owner of the permissions boundary ${boundary} to allow it there` },
  });
}

function checkKeys(role: RoleSnapshot, secrets: SecretsSnapshot, region: string, accountId: string): readonly Draft[] {
  const secure = (readValue(secrets.parameters) ?? []).filter(({ type }) => type === 'SecureString');
  const customer = new Set(secure.flatMap(({ keyId }) => (keyId === undefined || isManaged(keyId) ? [] : [keyId])));
  const refused = [...customer].filter((keyId) => mayNotDecrypt(role, keyId, region, accountId));
  const found = refused.map((keyId) =>
    draft('KMS_CMK_DECRYPT', {
      subject: `role ${role.roleName}`,
      message: `No statement of ${role.roleName} allows kms:Decrypt with ${keyId}, which encrypts ${secure
        .filter((parameter) => parameter.keyId === keyId)
        .map(({ name }) => name)
        .join(', ')}.`,
      evidence: [{ id: keyId, what: 'the key of the parameters' }],
      fix: {
        commands: [putRolePolicy(role, 'directrix-secrets-key', ['kms:Decrypt'], [keyArn(keyId, region, accountId)])],
      },
    }),
  );
  const untold = secure.filter(({ keyId }) => keyId === undefined);
  if (untold.length === 0 || !mayNotDecrypt(role, '*', region, accountId)) return found;
  return [
    ...found,
    draft('KMS_KEY_UNKNOWN', {
      subject: `role ${role.roleName}`,
      message: `${untold.length} parameters below ${secrets.path} are SecureStrings whose key could not be read, and ${role.roleName} may not kms:Decrypt.`,
      evidence: untold.slice(0, 5).map(({ name }) => ({ id: name, what: 'SecureString' })),
    }),
  ];
}

function isManaged(keyId: string): boolean {
  return /(^|[:/])alias\/aws\/ssm$/.test(keyId);
}

function keyArn(keyId: string, region: string, accountId: string): string {
  if (keyId.startsWith('arn:')) return keyId;
  return `arn:${partitionOf(region)}:kms:${region}:${accountId}:${keyId.startsWith('alias/') ? keyId : `key/${keyId}`}`;
}

// Of an alias IAM judges the key behind it, which is not known here: it may be any key.
function mayNotDecrypt(role: RoleSnapshot, keyId: string, region: string, accountId: string): boolean {
  const alias = /alias\/.+$/.exec(keyId)?.[0];
  const resource = alias === undefined ? keyArn(keyId, region, accountId) : keyArn('*', region, accountId);
  const context = {
    // Parameter Store asks KMS for the instance.
    'kms:ViaService': [`ssm.${region}.amazonaws.com`],
    ...(alias !== undefined && { 'kms:ResourceAliases': [alias] }),
  };
  return askRole(role, { action: 'kms:Decrypt', resource, region, context }).kind === 'no';
}

function putRolePolicy(
  { roleName }: RoleSnapshot,
  policyName: string,
  Action: readonly string[],
  Resource: readonly string[],
): string {
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] };
  return shell`aws iam put-role-policy --role-name ${roleName} --policy-name ${policyName} --policy-document ${JSON.stringify(document)}`;
}
