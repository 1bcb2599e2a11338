import { relative } from 'node:path';
import {
  deriveIntent,
  type Finding,
  listTemplateGroups,
  preflightSnapshotFromTemplate,
  runPreflight,
} from '@directrix/preflight';
import { DirectrixError, isMaxSizeLentByDefault } from '@directrix/rollout';
import type { Io } from '../../io.js';
import type { Surge } from '../../option-values.js';
import { refuseUnknownCodes, setAside } from '../../preflight/perform-preflight.js';
import { findNamed, hasRegion, readParameters } from '../../preflight/planned-network.js';
import { readStackFiles } from '../../preflight/stack-files.js';
import type { CheckedPreflight } from './checked-preflight.js';

/** What the operator may say of it; a share of the group needs an account. */
interface TemplateChoices {
  readonly group?: string;
  /** Default: AWS_REGION. */
  readonly region?: string;
  readonly surge?: Surge;
  readonly minHealthyTime?: number;
  readonly startTimeout?: number;
  readonly skip?: readonly string[];
  readonly secretsPath?: string;
  /** `Key=Value`, of the template's parameters. */
  readonly parameter?: readonly string[];
}

/** The checks over a template, without an account. Throws TEMPLATE_UNREADABLE, or GROUP_NOT_FOUND with those that are there. */
export function checkTemplate(io: Io, paths: readonly string[], options: TemplateChoices): CheckedPreflight {
  const skip = options.skip ?? [];
  refuseUnknownCodes(skip);
  const file = readStackFiles(io.cwd, paths);
  const path = paths.join(', ');
  const template = {
    region: options.region ?? (hasRegion(file.json) ? undefined : io.env.AWS_REGION),
    defaultRegion: io.env.AWS_REGION,
    parameters: readParameters(options.parameter ?? [], file.json),
  };
  const groups = listTemplateGroups(file.json, template);
  const named = options.group === undefined ? undefined : (findNamed(groups, options.group) ?? options.group);
  const groupId = named ?? (groups.length === 1 ? groups[0] : undefined);
  const snapshot =
    groupId === undefined
      ? undefined
      : preflightSnapshotFromTemplate(file.json, { ...template, groupId, secretsPath: options.secretsPath, at: 0 });
  if (snapshot === undefined || groupId === undefined)
    throw new DirectrixError('GROUP_NOT_FOUND', `${path} has no Auto Scaling group ${options.group ?? 'of its own'}.`, {
      source: options.group === undefined ? '--template' : '--group',
      hint: groups.length === 0 ? 'it has none at all' : `say --group with one of ${groups.join(', ')}`,
    });
  const intent = deriveIntent(snapshot, {
    surge: options.surge?.kind === 'count' ? options.surge.count : undefined,
    minHealthyTimeMs: options.minHealthyTime,
    startTimeoutMs: options.startTimeout,
    isMaxSizeLent: isMaxSizeLentByDefault,
  });
  const found = runPreflight(snapshot, intent).map(withoutCommands);
  return {
    ...setAside(found, skip),
    question: 'rollout',
    groupName: groupId,
    template: { path: relative(io.cwd, file.path) || path, lines: file.lines },
  };
}

// Logical ids are no ids of AWS: the fix is a change of the template.
function withoutCommands(finding: Finding): Finding {
  return finding.fix === undefined ? finding : { ...finding, fix: { ...finding.fix, commands: [] } };
}
