// cdk-manifest: writes packages/cdk/src/manifest.ts: the rules of the house that the constructs need, as data. The constructs depend on no
// other package of the house, and each rule keeps its one owner. Run it after `npm run build`.
//
//   node scripts/cdk-manifest.mjs           writes the file
//   node scripts/cdk-manifest.mjs --check   exits 1 when the file differs
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const manifestFile = join(root, 'packages', 'cdk', 'src', 'manifest.ts');

export async function drawManifest() {
  const read = (path) => import(pathToFileURL(join(root, 'packages', path, 'dist', 'index.js')).href);
  const [aws, rollout, preflight, reachability] = await Promise.all(
    ['aws', 'rollout', 'preflight', 'reachability'].map(read),
  );
  const manifest = {
    healthPath: rollout.defaultHealthPath,
    startTimeoutSeconds: rollout.defaultStartTimeoutMs / 1000,
    statePath: aws.groupPath(''),
    statePlainCharacters: aws.plainCharacters,
    builderTag: preflight.builderTag,
    drainSeconds: preflight.drainSeconds,
    leastBootSeconds: preflight.leastBootSeconds,
    codes: Object.keys({ ...reachability.CODES, ...preflight.findingCodes }).sort(),
  };
  const permissions = preflight.deployerPermissions.map(({ sid, use, scope, actions, condition }) => ({
    sid,
    use,
    scope,
    actions,
    ...(condition && { condition }),
  }));
  const type = `export interface PermissionSet {
  readonly sid: string;
  readonly use: string;
  readonly scope: string;
  readonly actions: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
`;
  return `// What other packages of the house own and the constructs keep to. Written by scripts/cdk-manifest.mjs: change the owner, not this file.
${type}
export const manifest = ${JSON.stringify(manifest, undefined, 2)};

export const deployerPermissions: readonly PermissionSet[] = ${JSON.stringify(permissions, undefined, 2)};
`;
}

const isRun = process.argv[1] === fileURLToPath(import.meta.url);
if (isRun) {
  const text = await drawManifest();
  if (process.argv.includes('--check')) process.exitCode = readFileSync(manifestFile, 'utf8') === text ? 0 : 1;
  else writeFileSync(manifestFile, text);
}
