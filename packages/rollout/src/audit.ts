// Audit: the last look before a rollout says done (S7). Each instance in service must be of the release by its launch template version, by
// its image, and by its own word where that is checked.
import type { AuditFinding } from './contract/need.js';
import type { RolloutRecord } from './record.js';
import type { Situation } from './step.js';
import { hasReported } from './track.js';

interface Audit {
  readonly findings: readonly AuditFinding[];
  /** What was looked at does not say it yet: it is looked at again. */
  readonly isOpen: boolean;
}

/**
 * | launch template version | image    | report   | then                                     |
 * |-------------------------|----------|----------|------------------------------------------|
 * | the release's           | the same | the same | well                                     |
 * | another, or none        | any      | any      | a finding                                |
 * | the release's           | another  | any      | a finding: something replaced the image  |
 * | the release's           | unread   | any      | looked at again                          |
 * | the release's           | the same | another  | a finding                                |
 * | the release's           | the same | none, KO | looked at again, where it is checked     |
 */
export function auditInstances({ record, newLive, oldLive }: Situation): Audit {
  const findings: AuditFinding[] = [];
  let isOpen = false;
  for (const { instanceId, instance, known } of [...newLive, ...oldLive]) {
    const { imageId, launchTemplateVersion } = instance;
    const { to } = record;
    if (launchTemplateVersion !== to.launchTemplateVersion) {
      const expected = to.launchTemplateVersion ?? '';
      findings.push({ instanceId, what: 'launchTemplateVersion', expected, found: launchTemplateVersion });
    }
    if (imageId === undefined) isOpen = true;
    else if (imageId !== to.imageId) findings.push({ instanceId, what: 'image', expected: to.imageId, found: imageId });
    const report = readReport(record, known?.reportedVersion);
    if (report !== undefined) findings.push({ instanceId, what: 'report', ...report });
    else if (record.options.isVersionChecked && (known === undefined || !hasReported(known, record))) isOpen = true;
  }
  return { findings, isOpen };
}

function readReport({ options, to }: RolloutRecord, reported: string | undefined) {
  if (!options.isVersionChecked || reported === undefined || reported === to.version) return undefined;
  return { expected: to.version, found: reported };
}
