// planned-network: the network that a template or a plan would make, and what in it a person may ask about.
import {
  isPlan,
  isStackSet,
  type NetworkSnapshot,
  type Source,
  snapshotFromPlan,
  snapshotFromTemplate,
} from '@directrix/reachability';
import { DirectrixError } from '@directrix/rollout';
import { readStackFiles } from './stack-files.js';
import type { TemplateFile } from './template-file.js';

interface PlannedNetwork {
  readonly network: NetworkSnapshot;
  readonly launches: readonly Source[];
  /** What cannot be known before it is made, in words. */
  readonly unresolved: readonly string[];
  readonly file: TemplateFile;
}

interface PlanChoices {
  /** In place of what a plan says. */
  readonly region?: string;
  /** Where nothing else says it: AWS_REGION. */
  readonly defaultRegion?: string;
  /** `Key=Value`, of the template's parameters. */
  readonly parameter?: readonly string[];
}

/** Throws TEMPLATE_UNREADABLE, or USAGE for a parameter that is not there. */
export function readPlannedNetwork(cwd: string, paths: readonly string[], choices: PlanChoices): PlannedNetwork {
  const file = readStackFiles(cwd, paths);
  const parameters = readParameters(choices.parameter ?? [], file.json);
  const { region, defaultRegion } = choices;
  const read = isPlan(file.json)
    ? snapshotFromPlan(file.json, { region, defaultRegion })
    : snapshotFromTemplate(file.json, {
        region: region ?? (hasRegion(file.json) ? undefined : defaultRegion),
        parameters,
      });
  return { network: read.snapshot, launches: read.launches, unresolved: read.unresolved, file };
}

/** Whether a plan or the environment of a stack says where it is deployed. */
export function hasRegion(json: unknown): boolean {
  return isPlan(json) || (isStackSet(json) && json.stacks.some(({ region }) => region !== undefined));
}

/** A mistyped name would leave its parameter unknown, and nobody would notice. */
export function readParameters(given: readonly string[], template: unknown): Readonly<Record<string, string>> {
  const names = listParameters(template);
  return Object.fromEntries(
    given.map((text) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (name !== undefined && value !== undefined && names.includes(name)) return [name, value];
      throw new DirectrixError('USAGE', `The template has no parameter for "${text}".`, {
        source: '--parameter',
        hint: `say KEY=VALUE, with one of ${names.join(', ') || 'none: the template has no parameters'}`,
      });
    }),
  );
}

/** The parameters of a template, or of all stacks that are not nested. */
export function listParameters(template: unknown): readonly string[] {
  const templates = isStackSet(template) ? template.stacks.map((stack) => stack.template) : [template];
  return templates.flatMap((one) => Object.keys((one as { readonly Parameters?: object }).Parameters ?? {}));
}

/** The one of several names that is meant: the whole of it, or its end where that is nobody else's (`web` for `aws_autoscaling_group.web`). */
export function findNamed(names: readonly string[], wanted: string): string | undefined {
  if (names.includes(wanted)) return wanted;
  const ending = names.filter((name) => name.endsWith(`.${wanted}`) || name.endsWith(`/${wanted}`));
  return ending.length === 1 ? ending[0] : undefined;
}
