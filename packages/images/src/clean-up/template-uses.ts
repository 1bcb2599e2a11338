// template uses: which versions of launch templates are named, and by whom.
//
//   1. $Latest and $Default of every template count: whoever launches from the template by hand gets one of them.
//   2. A number counts when something names it: a group (also in the overrides of a mixed instances policy), an instance refresh, a
//      fleet, an instance that runs it.
import type { LaunchTemplate, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type { Reference } from './reference.js';

/** A launch template as something names it. */
interface NamedTemplate {
  readonly LaunchTemplateId?: unknown;
  readonly LaunchTemplateName?: unknown;
  readonly Version?: unknown;
}

interface TemplateBook {
  /** The versions that are named, each with who names it. */
  readonly uses: ReadonlyMap<LaunchTemplateVersion, readonly Reference[]>;
}

export function bookTemplates(
  templates: readonly LaunchTemplate[],
  versions: readonly LaunchTemplateVersion[],
  namers: readonly { readonly reference: Reference; readonly data: unknown }[],
  isEveryVersionKept: boolean,
): TemplateBook {
  const uses = new Map<LaunchTemplateVersion, Reference[]>();
  const use = (version: LaunchTemplateVersion | undefined, reference: Reference) => {
    if (version === undefined) return;
    const known = uses.get(version) ?? [];
    uses.set(version, [...known, reference]);
  };
  for (const template of templates) {
    const own = versions.filter(({ LaunchTemplateId }) => LaunchTemplateId === template.LaunchTemplateId);
    const by = template.LaunchTemplateName ?? template.LaunchTemplateId ?? '';
    for (const named of ['$Latest', '$Default'])
      use(findVersion(template, own, named), { kind: 'launchTemplate', by, through: named });
    if (isEveryVersionKept)
      for (const version of own)
        use(version, { kind: 'launchTemplate', by, through: `version ${version.VersionNumber}` });
  }
  for (const { reference, data } of namers)
    for (const named of templatesNamedIn(data))
      for (const template of templates.filter((one) => isNamed(one, named))) {
        const own = versions.filter(({ LaunchTemplateId }) => LaunchTemplateId === template.LaunchTemplateId);
        const asked = typeof named.Version === 'string' && named.Version !== '' ? named.Version : '$Default';
        const version = findVersion(template, own, asked);
        const through = `${template.LaunchTemplateId} version ${version?.VersionNumber}${asked.startsWith('$') ? ` (${asked})` : ''}`;
        use(version, { ...reference, through });
      }
  return { uses };
}

function findVersion(
  template: LaunchTemplate,
  own: readonly LaunchTemplateVersion[],
  asked: string,
): LaunchTemplateVersion | undefined {
  const number =
    asked === '$Latest'
      ? template.LatestVersionNumber
      : asked === '$Default'
        ? template.DefaultVersionNumber
        : Number(asked);
  return own.find(({ VersionNumber }) => VersionNumber === number);
}

function isNamed(template: LaunchTemplate, named: NamedTemplate): boolean {
  return named.LaunchTemplateId === undefined || named.LaunchTemplateId === ''
    ? named.LaunchTemplateName === template.LaunchTemplateName
    : named.LaunchTemplateId === template.LaunchTemplateId;
}

const deepest = 50;

/** Every launch template specification in the data, at any depth: a group has them in three places, fleets in others. */
function templatesNamedIn(data: unknown, depth = 0): NamedTemplate[] {
  if (typeof data !== 'object' || data === null || depth > deepest) return [];
  const { LaunchTemplateId: id, LaunchTemplateName: name } = data as NamedTemplate;
  const here = typeof id === 'string' || typeof name === 'string' ? [data as NamedTemplate] : [];
  return [...here, ...Object.values(data).flatMap((member) => templatesNamedIn(member, depth + 1))];
}
