import type { Tag } from '@aws-sdk/client-iam';

/** An IAM role with its policies, as far as the lab authorises by them. Documents are JSON texts. */
export interface RoleRecord {
  readonly roleName: string;
  readonly arn: string;
  readonly roleId: string;
  readonly path: string;
  readonly createdAt: number;
  readonly description?: string | undefined;
  readonly maxSessionDurationSeconds: number;
  tags: readonly Tag[];
  assumeRolePolicyDocument: string;
  readonly inlinePolicies: Map<string, string>;
  readonly attachedPolicyArns: Set<string>;
}

export interface InstanceProfileRecord {
  readonly instanceProfileName: string;
  readonly arn: string;
  readonly instanceProfileId: string;
  readonly path: string;
  readonly createdAt: number;
  readonly roleNames: string[];
}

export interface IamState {
  readonly roles: Map<string, RoleRecord>;
  readonly instanceProfiles: Map<string, InstanceProfileRecord>;
}

export function createIamState(): IamState {
  return { roles: new Map(), instanceProfiles: new Map() };
}
