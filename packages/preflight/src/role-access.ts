// role-access: what a role's policies say of one action on one resource, for a request that an instance makes.
import {
  type Answer,
  type Doubt,
  evaluateAccess,
  listAllowedResources,
  type ReadPolicy,
  type RequestContext,
  readPolicy,
  unreadPolicy,
} from '@directrix/iam';
import type { RoleSnapshot } from './snapshot.js';

interface RoleQuestion {
  readonly action: string;
  /** An ARN. In one whose account or key is not known, a star stands for it. */
  readonly resource: string;
  readonly region: string;
  /** More of the request than its role and region say. */
  readonly context?: RequestContext['values'];
}

/** What the role's policies and its boundary say. The boundary can only take away. */
export function askRole(role: RoleSnapshot, { action, resource, region, context }: RoleQuestion): Answer {
  return evaluateAccess(
    { identity: policiesOf(role), ...(role.boundary !== undefined && { limits: [[readBoundary(role.boundary)]] }) },
    {
      action,
      resource: resource.includes('*') ? { like: resource } : resource,
      principal: { arns: [role.arn] },
      context: { values: { ...contextOf(role, region), ...context } },
    },
  );
}

/** The resources that statements of the role allow the action on. */
export function resourcesOf(role: RoleSnapshot, action: string): readonly string[] {
  return listAllowedResources(policiesOf(role), action);
}

/** Whether a policy that could not be read is all that keeps the question open: then a note tells of it already. */
export function isOpenForUnread(answer: Answer): boolean {
  return (
    answer.kind === 'cannotTell' &&
    answer.because.every((doubt) => doubt.code === 'document' && doubt.fault === 'notRead')
  );
}

/** The doubt in words, after "depends on". */
export function doubtText(doubt: Doubt): string {
  const { statement } = doubt;
  switch (doubt.code) {
    case 'conditionKey':
      return `the value of ${doubt.key} (${statement})`;
    case 'operator':
      return `the operator ${doubt.operator}, which IAM does not have (${statement})`;
    case 'conditionValue':
      return `the value ${doubt.value} of a ${doubt.operator} condition, which is not of its type (${statement})`;
    case 'variable':
      return `the value of ${doubt.variable} (${statement})`;
    case 'action':
      return `the action: ${statement} covers only some`;
    case 'resource':
      return `the resource: ${statement} covers only some`;
    case 'principal':
      return `who asks (${statement})`;
    case 'notPrincipalAccount':
      return `the order in which AWS checks a NotPrincipal that does not name the account too (${statement})`;
    case 'document':
      return `${statement}, whose document ${doubt.fault === 'notRead' ? 'could not be read' : `is not valid (${doubt.fault})`}`;
  }
}

function policiesOf({ policies, unreadPolicies }: RoleSnapshot): readonly ReadPolicy[] {
  return [...policies.map(({ name, document }) => readPolicy(name, document)), ...unreadPolicies.map(unreadPolicy)];
}

function readBoundary({ name, document }: NonNullable<RoleSnapshot['boundary']>): ReadPolicy {
  return document === undefined ? unreadPolicy(name) : readPolicy(name, document);
}

// What is so for every request that an instance makes with its role's credentials.
function contextOf({ arn }: RoleSnapshot, region: string): RequestContext['values'] {
  const account = /^arn:[^:]*:iam::(\d+):/.exec(arn)?.[1];
  return {
    'aws:PrincipalArn': [arn],
    'aws:PrincipalType': ['AssumedRole'],
    'aws:RequestedRegion': [region],
    'aws:SecureTransport': ['true'],
    'aws:ViaAWSService': ['false'],
    'aws:MultiFactorAuthPresent': [],
    'aws:username': [],
    ...(account !== undefined && { 'aws:PrincipalAccount': [account], 'aws:ResourceAccount': [account] }),
  };
}
