import type { BakedImage, BakeFailure, ImageOrigin, Removed } from '@directrix/images';
import { shell } from '@directrix/rollout';

/** The contract of `directrix bake --json`; docs/images.md has it. */
export interface BakeDocument extends ImageOrigin {
  readonly schema: 'directrix.bake/1';
  readonly bakeId: string;
  readonly images: readonly BakedImage[];
  readonly baseImageId: string | undefined;
  /** The builder's whole output. */
  readonly log: string;
  readonly seconds: number;
  /** What Packer had left. */
  readonly removed: readonly Removed[];
}

export function formatBaked({ version, images, baseImageId, commit, seconds }: BakeDocument): string {
  const from = [baseImageId, commit === undefined ? undefined : `commit ${commit.slice(0, 12)}`]
    .filter(Boolean)
    .join(', ');
  return [
    ...images.map(
      ({ imageId, region }) =>
        `Baked ${version}: ${imageId} in ${region}${from === '' ? '' : ` from ${from}`}, in ${seconds} s.`,
    ),
    `To roll it out: ${shell`directrix deploy --group GROUP --version ${version}`}`,
    '',
  ].join('\n');
}

/** `The bake failed in Ansible, task "collect static files", at /srv/settings.py line 12: KeyError: 'DJANGO_SECRET_KEY'.` */
export function formatFailed({ provisioner, task, file, line, text }: BakeFailure, isLate: boolean): string {
  const where = [
    provisioner === undefined ? undefined : ` in ${provisioner}`,
    task === undefined ? undefined : `, task "${task}"`,
    file === undefined ? undefined : `, at ${file}${line === undefined ? '' : ` line ${line}`}`,
  ].join('');
  const said = `The bake failed${where}: ${text}`;
  return isLate ? `The bake was given up after its time was over. ${said}` : said;
}

export function tellRemoved(removed: Removed): string {
  return removed.kind === 'removed'
    ? `removed what was left: ${removed.what} ${removed.id}`
    : `left: ${removed.what} ${removed.id}: ${removed.failure.code}: ${removed.failure.text}`;
}
