// What IAM says that the deployer may do. A policy may name one group or one launch template, so those actions are asked about
// theirs; an action whose resource is not known here is only called denied when a statement denies it.
import { GetRoleCommand, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { deployerActions, type Read } from '@directrix/preflight';
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

/** The account's root may everything. */
export async function readDeployerPermissions(
  clients: AwsClients,
  caller: Read<Caller>,
  resources: { readonly groupArn?: string; readonly launchTemplateArn?: string },
): Promise<Read<Permissions>> {
  if (caller.kind === 'unread') return caller;
  const { arn } = caller.value;
  if (arn === undefined || arn.endsWith(':root')) return { kind: 'read', value: {} };
  return readPart(async () => {
    const principal = await principalOf(clients, arn);
    const answers = await Promise.all(
      batchesOf(resources).map((batch) => simulate(clients, principal, batch.actions, batch.resource)),
    );
    return Object.assign({}, ...answers) as Permissions;
  });
}

interface Batch {
  readonly actions: string[];
  readonly resource: string | undefined;
}

const isReading = /:(Describe|Get)/;

function batchesOf({ groupArn, launchTemplateArn }: { groupArn?: string; launchTemplateArn?: string }): Batch[] {
  const ofGroup = deployerActions.filter((action) => action.startsWith('autoscaling:') && !isReading.test(action));
  const ofTemplate = deployerActions.filter((action) => /LaunchTemplate/.test(action) && !isReading.test(action));
  const rest = deployerActions.filter((action) => !ofGroup.includes(action) && !ofTemplate.includes(action));
  return [
    { actions: ofGroup, resource: groupArn },
    { actions: ofTemplate, resource: launchTemplateArn },
    { actions: rest, resource: undefined },
  ];
}

async function simulate(
  { iam }: AwsClients,
  PolicySourceArn: string,
  ActionNames: string[],
  resource: string | undefined,
): Promise<Permissions> {
  const ResourceArns = resource === undefined ? undefined : [resource];
  const results = await collectPages(async (Marker) => {
    const page = await iam.send(
      new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames, ResourceArns, Marker }),
    );
    return { items: page.EvaluationResults ?? [], next: page.IsTruncated ? page.Marker : undefined };
  });
  return Object.fromEntries(
    results.map(({ EvalActionName = '', EvalDecision, MissingContextValues = [] }) => {
      const isProof = resource !== undefined || isReading.test(EvalActionName);
      const isDenied =
        EvalDecision === 'explicitDeny' ||
        (EvalDecision === 'implicitDeny' && isProof && MissingContextValues.length === 0);
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
