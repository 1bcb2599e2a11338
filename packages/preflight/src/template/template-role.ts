import type { TemplateResourceFacts } from '@directrix/reachability';
import type { RoleSnapshot } from '../snapshot.js';

/** The role of the instance profile that `reference` names (its logical id, or what is left of its ARN), with all policies of the template. */
export function readTemplateRole(
  resources: readonly TemplateResourceFacts[],
  reference: string,
): RoleSnapshot | undefined {
  const profileId = reference.replace(/^unresolved:/, '').replace(/\.Arn$/, '');
  const profile = resources.find(({ id, type }) => type === 'AWS::IAM::InstanceProfile' && id === profileId);
  const roleId = listOf(profile?.properties.Roles)[0];
  const role = resources.find(({ id, type }) => type === 'AWS::IAM::Role' && id === roleId);
  if (role === undefined) return undefined;
  const attached = resources.filter(
    ({ type, properties }) =>
      /^AWS::IAM::(Policy|ManagedPolicy|RolePolicy)$/.test(type) &&
      (listOf(properties.Roles).includes(role.id) || properties.RoleName === role.id),
  );
  const attachedIds = new Set(attached.map(({ id }) => id));
  return {
    roleName: role.id,
    arn: role.id,
    policies: [
      ...listOf(role.properties.Policies).map((one, index) => {
        const policy = one as { PolicyName?: string; PolicyDocument?: unknown };
        return { name: policy.PolicyName ?? `${role.id}.Policies.${index}`, document: textOf(policy.PolicyDocument) };
      }),
      ...attached.map(({ id, properties }) => ({ name: id, document: textOf(properties.PolicyDocument) })),
    ],
    // AWS's own are not in the template.
    unreadPolicies: listOf(role.properties.ManagedPolicyArns)
      .map((arn) => String(arn))
      .filter((arn) => !attachedIds.has(arn)),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

// The account is not known yet; whichever it will be, it is the same on both sides. Whatever else is not known may be anything:
// a policy variable without a value, of which IAM's evaluator says so.
function textOf(document: unknown): string {
  const text = JSON.stringify(document ?? {}).replaceAll('unresolved:AWS::AccountId', '*');
  if (!text.includes('unresolved:')) return text;
  const open = text.replace(/unresolved:([^"{}\\]*)/g, (_, why: string) => `\${${why.replaceAll(',', ';')}}`);
  return JSON.stringify({ ...JSON.parse(open), Version: '2012-10-17' });
}
