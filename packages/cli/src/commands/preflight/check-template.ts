import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import {
  deriveIntent,
  type Finding,
  listTemplateGroups,
  preflightSnapshotFromTemplate,
  runPreflight,
} from '@directrix/preflight';
import { DirectrixError } from '@directrix/rollout';
import type { Io } from '../../io.js';
import { refuseUnknownCodes, setAside } from '../../preflight/perform-preflight.js';
import { readTemplateFile } from '../../preflight/template-file.js';
import type { PreflightOptions } from './command.js';
import type { CheckedPreflight } from './run.js';

/** The checks over a template, without an account. Throws TEMPLATE_UNREADABLE, or GROUP_NOT_FOUND with those that are there. */
export function checkTemplate(io: Io, path: string, options: PreflightOptions): CheckedPreflight {
  refuseUnknownCodes(options.skip);
  const file = readTemplateFile(resolve(io.cwd, path), readFileSync);
  const region = io.env.AWS_REGION;
  const groups = listTemplateGroups(file.json, { region });
  const groupId = options.group ?? (groups.length === 1 ? groups[0] : undefined);
  const snapshot =
    groupId === undefined
      ? undefined
      : preflightSnapshotFromTemplate(file.json, { groupId, region, secretsPath: options.secretsPath, at: 0 });
  if (snapshot === undefined || groupId === undefined)
    throw new DirectrixError('GROUP_NOT_FOUND', `${path} has no Auto Scaling group ${options.group ?? 'of its own'}.`, {
      source: options.group === undefined ? '--template' : '--group',
      hint: groups.length === 0 ? 'it has none at all' : `say --group with one of ${groups.join(', ')}`,
    });
  const intent = deriveIntent(snapshot, {
    surge: options.surge?.kind === 'count' ? options.surge.count : undefined,
    minHealthyTimeMs: options.minHealthyTime,
    startTimeoutMs: options.startTimeout,
  });
  const found = runPreflight(snapshot, intent).map(withoutCommands);
  return {
    ...setAside(found, options.skip),
    groupName: groupId,
    template: { path: relative(io.cwd, file.path) || path, text: file.text },
  };
}

// Logical ids are no ids of AWS: the fix is a change of the template.
function withoutCommands(finding: Finding): Finding {
  return finding.fix === undefined ? finding : { ...finding, fix: { ...finding.fix, commands: [] } };
}
