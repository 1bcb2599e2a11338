// What IAM says that the deployer may do. A policy may name one group or one launch template, so those actions are asked about
// theirs; an action whose resource is not known here is only called denied when a statement denies it.
import { GetRoleCommand, paginateSimulatePrincipalPolicy } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import {
  deployerPermissions,
  type PermissionScope,
  type PermissionUse,
  type PreflightSnapshot,
  type Read,
} from '@directrix/preflight';
import { mfaSource } from '../clients/account.js';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';
import { readPart } from './read-part.js';

type Permissions = Readonly<Record<string, 'allowed' | 'denied'>>;

export interface Caller {
  readonly accountId?: string;
  readonly arn?: string;
}

export async function readCaller(clients: AwsClients): Promise<Read<Caller>> {
  return readPart(async () => {
    const { Account, Arn } = await clients.sts.send(new GetCallerIdentityCommand({}));
    return { accountId: Account, arn: Arn };
  });
}

/** When the credentials end; undefined when they do not, or do not say. */
export async function readCredentials({ sts }: AwsClients): Promise<PreflightSnapshot['credentials']> {
  const { expiration, $source = {} } = (await sts.config.credentials()) as ExpiringCredentials;
  if (expiration === undefined) return undefined;
  // What stands in the environment or in a file stays what it is, and nobody may be there to type a second MFA code; whatever else
  // gave them is asked again.
  const isRenewed = !staticSources.some((source) => source in $source);
  return { expireAt: expiration.getTime(), isRenewed };
}

interface ExpiringCredentials {
  readonly expiration?: Date;
  /** The SDK's feature ids of who gave them. */
  readonly $source?: object;
}

const staticSources = ['CREDENTIALS_ENV_VARS', 'CREDENTIALS_PROFILE', 'CREDENTIALS_CODE', mfaSource];

/** What the statements of a policy may name; undefined: not known. */
interface DeployerResources {
  readonly groupArn?: string;
  readonly launchTemplateArn?: string;
  /** The record of the group's rollouts. */
  readonly stateArn?: string;
}

/** The account's root may everything. */
export async function readDeployerPermissions(
  clients: AwsClients,
  caller: Read<Caller>,
  resources: DeployerResources,
  uses: readonly PermissionUse[] = [],
): Promise<Read<Permissions>> {
  if (caller.kind === 'unread') return caller;
  const { arn } = caller.value;
  if (arn === undefined || arn.endsWith(':root')) return { kind: 'read', value: {} };
  return readPart(async () => {
    const principal = await principalOf(clients, arn);
    const answers = await Promise.all(
      batchesOf(resources, new Set<PermissionUse>(['read', 'deploy', ...uses])).map(({ actions, resource }) =>
        simulate(clients, principal, actions, resource),
      ),
    );
    return Object.assign({}, ...answers) as Permissions;
  });
}

/** Actions that are asked about together; without `resource` it is not known, and only a statement that denies is a proof. */
interface Batch {
  readonly actions: readonly string[];
  readonly resource?: string;
}

/** What a deploy cannot do without. Of `any`, no resource is the resource. */
function batchesOf(resources: DeployerResources, uses: ReadonlySet<PermissionUse>): Batch[] {
  const scopes = new Map<PermissionScope, string[]>();
  for (const { use, scope, actions, condition } of deployerPermissions)
    if (uses.has(use) && condition === undefined) scopes.set(scope, [...(scopes.get(scope) ?? []), ...actions]);
  return [...scopes].map(([scope, actions]) => ({ actions, resource: resourceOf(scope, resources) }));
}

function resourceOf(scope: PermissionScope, resources: DeployerResources): string | undefined {
  switch (scope) {
    case 'any':
      return '*';
    case 'group':
      return resources.groupArn;
    case 'launchTemplate':
      return resources.launchTemplateArn;
    case 'state':
      return resources.stateArn;
    case 'instance':
    case 'launch':
    case 'secrets':
    case 'logs':
      return undefined;
  }
}

async function simulate(
  { iam }: AwsClients,
  PolicySourceArn: string,
  actions: readonly string[],
  resource: string | undefined,
): Promise<Permissions> {
  const ActionNames = [...actions];
  // IAM takes a resource that is not named for every resource.
  const ResourceArns = resource === undefined || resource === '*' ? undefined : [resource];
  const results = await collectPages(
    paginateSimulatePrincipalPolicy({ client: iam }, { PolicySourceArn, ActionNames, ResourceArns }),
    (page) => page.EvaluationResults,
  );
  return Object.fromEntries(
    results.map(({ EvalActionName = '', EvalDecision, MissingContextValues = [] }) => {
      const isDenied =
        EvalDecision === 'explicitDeny' ||
        (EvalDecision === 'implicitDeny' && resource !== undefined && MissingContextValues.length === 0);
      return [EvalActionName, isDenied ? 'denied' : 'allowed'];
    }),
  );
}

// A session is not a principal: IAM wants its role, with the role's path.
async function principalOf({ iam }: AwsClients, arn: string): Promise<string> {
  const RoleName = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  if (RoleName === undefined) return arn;
  return (await iam.send(new GetRoleCommand({ RoleName }))).Role?.Arn ?? arn;
}
