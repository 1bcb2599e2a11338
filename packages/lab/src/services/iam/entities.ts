import type { InstanceProfile, Role } from '@aws-sdk/client-iam';
import { type PolicyKind, readPolicy } from '@directrix/iam';
import { AwsError } from '../../control-plane/aws-error.js';
import type { LabState } from '../../control-plane/types.js';
import type { InstanceProfileRecord, RoleRecord } from './state.js';

/** Throws NoSuchEntity. */
export function findRole(state: LabState, roleName: string): RoleRecord {
  const role = state.iam.roles.get(roleName);
  if (role === undefined) throw noSuchEntity(`The role with name ${roleName} cannot be found.`);
  return role;
}

/** Throws NoSuchEntity. */
export function findInstanceProfile(state: LabState, instanceProfileName: string): InstanceProfileRecord {
  const profile = state.iam.instanceProfiles.get(instanceProfileName);
  if (profile === undefined) throw noSuchEntity(`Instance Profile ${instanceProfileName} cannot be found.`);
  return profile;
}

export function describeRole(role: RoleRecord): Role {
  return {
    Path: role.path,
    RoleName: role.roleName,
    RoleId: role.roleId,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodeDocument(role.assumeRolePolicyDocument),
    Description: role.description,
    MaxSessionDuration: role.maxSessionDurationSeconds,
    ...(role.tags.length > 0 ? { Tags: [...role.tags] } : {}),
  };
}

export function describeInstanceProfile(state: LabState, profile: InstanceProfileRecord): InstanceProfile {
  return {
    Path: profile.path,
    InstanceProfileName: profile.instanceProfileName,
    InstanceProfileId: profile.instanceProfileId,
    Arn: profile.arn,
    CreateDate: new Date(profile.createdAt),
    Roles: profile.roleNames.map((roleName) => describeRole(findRole(state, roleName))),
  };
}

/** Policy documents go over the wire URL-encoded (RFC 3986), as IAM's do. */
export function encodeDocument(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Throws MalformedPolicyDocument. */
export function checkPolicyDocument(text: string, kind: PolicyKind = 'identity'): void {
  const read = readPolicy('', text, kind);
  if (read.kind === 'read' && read.policy.statements.length > 0) return;
  const said = read.kind === 'read' ? undefined : malformedTexts[read.fault];
  throw new AwsError('MalformedPolicyDocument', said ?? 'Syntax errors in policy.');
}

// What IAM says of the faults that it names.
const malformedTexts: Readonly<Record<string, string>> = {
  notJson: 'This policy contains invalid Json',
  action: 'Policy statement must contain actions.',
  resource: 'Policy statement must contain resources.',
};

/** Throws ValidationError when a role, a policy or an instance profile cannot have this name. */
export function checkEntityName(member: string, name: string, longest: number): void {
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw new AwsError(
      'ValidationError',
      `The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    );
  }
  if (name.length > longest) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${name}' at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${longest}`,
    );
  }
}

/** The path, `/` by default. Throws ValidationError. */
export function checkPath(path = '/'): string {
  if (/^\/([!-~]{1,510}\/)?$/.test(path)) return path;
  throw new AwsError(
    'ValidationError',
    'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  );
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message, 404);
}

export function deleteConflict(message: string): AwsError {
  return new AwsError('DeleteConflict', message, 409);
}
