import type { LaunchTemplateIamInstanceProfileSpecification } from '@aws-sdk/client-ec2';
import {
  GetInstanceProfileCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  paginateListAttachedRolePolicies,
  paginateListRolePolicies,
} from '@aws-sdk/client-iam';
import type { RoleSnapshot } from '@directrix/preflight';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';
import { collectPages } from '../clients/page.js';
import { readPart } from './read-part.js';

/** The role that instances with this profile act as, with its policies; undefined when there is no profile, or no role in it. */
export async function readRole(
  clients: AwsClients,
  profile: LaunchTemplateIamInstanceProfileSpecification | undefined,
): Promise<RoleSnapshot | undefined> {
  const InstanceProfileName = profile?.Name ?? profile?.Arn?.split('/').at(-1);
  if (InstanceProfileName === undefined) return undefined;
  const role = await findRole(clients, InstanceProfileName);
  if (role?.RoleName === undefined) return undefined;
  const { RoleName } = role;
  const [inline, managed, boundary] = await Promise.all([
    readInlinePolicies(clients, RoleName),
    readManagedPolicies(clients, RoleName),
    readPart(() => readBoundary(clients, RoleName)),
  ]);
  return {
    roleName: role.RoleName,
    arn: role.Arn ?? '',
    policies: [...inline, ...managed.policies],
    unreadPolicies: managed.unread,
    ...(boundary.kind === 'unread'
      ? { boundary: { name: 'the permissions boundary' } }
      : boundary.value !== undefined && { boundary: boundary.value }),
  };
}

// GetInstanceProfile does not tell of it.
async function readBoundary(clients: AwsClients, RoleName: string): Promise<RoleSnapshot['boundary']> {
  const { Role } = await clients.iam.send(new GetRoleCommand({ RoleName }));
  const arn = Role?.PermissionsBoundary?.PermissionsBoundaryArn;
  if (arn === undefined) return undefined;
  const document = await readPart(() => readManagedDocument(clients, arn));
  return { name: arn.split('/').at(-1) ?? arn, ...(document.kind === 'read' && { document: document.value }) };
}

async function findRole({ iam }: AwsClients, InstanceProfileName: string) {
  try {
    return (await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }))).InstanceProfile?.Roles?.[0];
  } catch (error) {
    if (awsCodeOf(error)?.startsWith('NoSuchEntity')) return undefined;
    throw error;
  }
}

async function readInlinePolicies({ iam }: AwsClients, RoleName: string): Promise<RoleSnapshot['policies']> {
  const names = await collectPages(paginateListRolePolicies({ client: iam }, { RoleName }), (page) => page.PolicyNames);
  return Promise.all(
    names.map(async (PolicyName) => {
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return { name: PolicyName, document: decodeDocument(PolicyDocument) };
    }),
  );
}

async function readManagedPolicies(clients: AwsClients, RoleName: string) {
  const attached = await collectPages(
    paginateListAttachedRolePolicies({ client: clients.iam }, { RoleName }),
    (page) => page.AttachedPolicies,
  );
  const read = await Promise.all(
    attached.map(async ({ PolicyArn = '', PolicyName = PolicyArn }) => ({
      name: PolicyName,
      document: await readPart(() => readManagedDocument(clients, PolicyArn)),
    })),
  );
  return {
    policies: read.flatMap(({ name, document }) =>
      document.kind === 'read' ? [{ name, document: document.value }] : [],
    ),
    unread: read.filter(({ document }) => document.kind === 'unread').map(({ name }) => name),
  };
}

async function readManagedDocument({ iam }: AwsClients, PolicyArn: string): Promise<string> {
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
  const { PolicyVersion } = await iam.send(
    new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }),
  );
  return decodeDocument(PolicyVersion?.Document ?? '');
}

// IAM answers documents percent-encoded (RFC 3986).
function decodeDocument(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
