import { createHash } from 'node:crypto';

const longestLabel = 100;

/**
 * The label that `directrix deploy --label-secrets` puts on the versions that are in force when a release is rolled out:
 * `release-0.149.2`. What a label cannot hold becomes `-`, and then a digest keeps two releases from sharing one.
 */
export function releaseLabel(version: string): string {
  const label = `release-${version.replace(/[^\w.-]/g, '-')}`;
  if (label === `release-${version}` && label.length <= longestLabel) return label;
  const digest = createHash('sha256').update(version).digest('hex').slice(0, 8);
  return `${label.slice(0, longestLabel - 9)}-${digest}`;
}
