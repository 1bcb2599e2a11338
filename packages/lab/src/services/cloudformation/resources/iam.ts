// iam: roles, policies and instance profiles.
import type {
  CreateInstanceProfileResponse,
  CreateRoleResponse,
  GetInstanceProfileResponse,
  GetRoleResponse,
  Tag,
} from '@aws-sdk/client-iam';
import { ifThere } from './if-there.js';
import {
  documentText,
  hasChanged,
  listChange,
  type Properties,
  pick,
  type ResourceRequest,
  type ResourceType,
  tagChange,
  texts,
} from './resource-type.js';

const LONGEST_ROLE_NAME = 64;
const LONGEST_NAME = 128;

export const role: ResourceType = {
  acts: 'RoleName AssumeRolePolicyDocument Description Path MaxSessionDuration ManagedPolicyArns Policies Tags',
  updates: 'AssumeRolePolicyDocument ManagedPolicyArns Policies Tags',
  nameProperty: 'RoleName',
  create(request) {
    const { RoleName = request.generateName(LONGEST_ROLE_NAME), AssumeRolePolicyDocument } = request.properties;
    const made = request.ask<CreateRoleResponse>('iam', 'CreateRole', {
      RoleName,
      AssumeRolePolicyDocument: documentText(AssumeRolePolicyDocument),
      ...pick(request.properties, 'Description Path MaxSessionDuration'),
      ...(request.tags.length > 0 && { Tags: request.tags }),
    });
    request.created(made.Role!.RoleName!);
    changePolicies(request);
  },
  update(request) {
    const { physicalId: RoleName, properties } = request;
    if (hasChanged(request, 'AssumeRolePolicyDocument'))
      request.ask('iam', 'UpdateAssumeRolePolicy', {
        RoleName,
        PolicyDocument: documentText(properties.AssumeRolePolicyDocument),
      });
    changePolicies(request);
    const { put, remove } = tagChange(request);
    if (remove.length > 0) request.ask('iam', 'UntagRole', { RoleName, TagKeys: remove });
    if (put.length > 0) request.ask('iam', 'TagRole', { RoleName, Tags: put as Tag[] });
  },
  delete(request) {
    const RoleName = request.physicalId;
    for (const PolicyArn of texts(request.properties.ManagedPolicyArns))
      ifThere(() => request.ask('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
    for (const { PolicyName } of inlinePolicies(request.properties))
      ifThere(() => request.ask('iam', 'DeleteRolePolicy', { RoleName, PolicyName }));
    request.ask('iam', 'DeleteRole', { RoleName });
  },
  attributes(request) {
    const found = request.ask<GetRoleResponse>('iam', 'GetRole', { RoleName: request.physicalId }).Role;
    return { Arn: found?.Arn, RoleId: found?.RoleId };
  },
};

function inlinePolicies({
  Policies = [],
}: Properties): readonly { readonly PolicyName: string; readonly PolicyDocument: unknown }[] {
  return Policies;
}

function changePolicies(request: ResourceRequest): void {
  const { physicalId: RoleName, properties, previous } = request;
  const managed = listChange(texts(previous.ManagedPolicyArns), texts(properties.ManagedPolicyArns));
  for (const PolicyArn of managed.removed) request.ask('iam', 'DetachRolePolicy', { RoleName, PolicyArn });
  for (const PolicyArn of managed.added) request.ask('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
  const names = inlinePolicies(properties).map(({ PolicyName }) => PolicyName);
  for (const { PolicyName } of inlinePolicies(previous))
    if (!names.includes(PolicyName)) request.ask('iam', 'DeleteRolePolicy', { RoleName, PolicyName });
  for (const { PolicyName, PolicyDocument } of inlinePolicies(properties))
    request.ask('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument: documentText(PolicyDocument) });
}

export const policy: ResourceType = {
  acts: 'PolicyName PolicyDocument Roles',
  updates: 'PolicyName PolicyDocument Roles',
  create(request) {
    putPolicy(request);
    request.created(request.generateName(LONGEST_NAME));
  },
  update(request) {
    putPolicy(request);
    const { previous, properties } = request;
    const isRenamed = previous.PolicyName !== properties.PolicyName;
    const left = isRenamed ? texts(previous.Roles) : listChange(texts(previous.Roles), texts(properties.Roles)).removed;
    for (const RoleName of left) request.ask('iam', 'DeleteRolePolicy', { RoleName, PolicyName: previous.PolicyName });
  },
  delete(request) {
    const { Roles, PolicyName } = request.properties;
    for (const RoleName of texts(Roles))
      ifThere(() => request.ask('iam', 'DeleteRolePolicy', { RoleName, PolicyName }));
  },
  attributes: ({ physicalId }) => ({ Id: physicalId }),
};

function putPolicy(request: ResourceRequest): void {
  const { Roles, PolicyName, PolicyDocument } = request.properties;
  for (const RoleName of texts(Roles))
    request.ask('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument: documentText(PolicyDocument) });
}

export const instanceProfile: ResourceType = {
  acts: 'InstanceProfileName Path Roles',
  updates: 'Roles',
  nameProperty: 'InstanceProfileName',
  create(request) {
    const { InstanceProfileName = request.generateName(LONGEST_NAME), Roles } = request.properties;
    const made = request.ask<CreateInstanceProfileResponse>('iam', 'CreateInstanceProfile', {
      InstanceProfileName,
      ...pick(request.properties, 'Path'),
    });
    request.created(made.InstanceProfile!.InstanceProfileName!);
    for (const RoleName of texts(Roles))
      request.ask('iam', 'AddRoleToInstanceProfile', { InstanceProfileName, RoleName });
  },
  update(request) {
    const InstanceProfileName = request.physicalId;
    const { added, removed } = listChange(texts(request.previous.Roles), texts(request.properties.Roles));
    for (const RoleName of removed)
      request.ask('iam', 'RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName });
    for (const RoleName of added) request.ask('iam', 'AddRoleToInstanceProfile', { InstanceProfileName, RoleName });
  },
  delete(request) {
    const InstanceProfileName = request.physicalId;
    for (const RoleName of texts(request.properties.Roles))
      ifThere(() => request.ask('iam', 'RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName }));
    request.ask('iam', 'DeleteInstanceProfile', { InstanceProfileName });
  },
  attributes: (request) => ({
    Arn: request.ask<GetInstanceProfileResponse>('iam', 'GetInstanceProfile', {
      InstanceProfileName: request.physicalId,
    }).InstanceProfile?.Arn,
  }),
};
