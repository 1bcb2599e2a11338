// ship: release, bake, deploy. It keeps no state of its own: what is done is read from git and the account, so that any machine can go on.
import { commitOf, findImagesOfVersion, loadRecord } from '@directrix/aws';
import { createGit, versionOfTag } from '@directrix/images/release';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { writeFailure } from '../../failure.js';
import type { Io } from '../../io.js';
import { isUnfinished } from '../../rollout/unfinished.js';
import { writeText } from '../../text/lines.js';
import { withWorld } from '../../with-world.js';
import type { World } from '../../world.js';

export interface ShipOptions {
  readonly version?: string | undefined;
  readonly group: string;
  readonly template: string;
  readonly check?: readonly string[];
  readonly versionFile?: readonly string[];
  readonly push?: string | true;
  readonly var?: readonly string[];
  readonly varFile?: readonly string[];
  readonly packer: string;
  readonly secretsPath?: string;
  readonly secretsManifest?: string;
  readonly deployOptions: readonly string[];
}

/** Runs one command of ours as a user would, in this process. */
type RunCommand = (argv: readonly string[]) => Promise<number>;

export async function runShip(context: CommandContext, options: ShipOptions): Promise<void> {
  const { io } = context;
  try {
    const code = await withWorld(context, (world) => {
      const run: RunCommand = async (argv) =>
        context.run?.([...accountOf(context), ...argv], world) ?? exitCode.refused;
      return ship(io, world, options, run);
    });
    context.setExitCode(code);
  } catch (error) {
    writeFailure(io, error);
    context.setExitCode(io.signal.aborted ? exitCode.interrupted : exitCode.refused);
  }
}

function accountOf({ account }: CommandContext): readonly string[] {
  return [
    ...(account?.profile === undefined ? [] : ['--profile', account.profile]),
    ...(account?.region === undefined ? [] : ['--region', account.region]),
  ];
}

async function ship(io: Io, world: World, options: ShipOptions, run: RunCommand): Promise<number> {
  const record = await loadRecord(world.clients, options.group);
  if (record !== undefined && isUnfinished(record)) {
    say(io, `deploy: ${options.group} has an unfinished rollout to ${record.to.version}`);
    return stop(io, 'deploy', await run(['resume', '--group', options.group]));
  }
  const released = await releasedVersion(io);
  if (released === undefined) {
    say(io, 'release');
    const code = await run(releaseArgv(options));
    if (code !== exitCode.done) return stop(io, 'release', code);
  } else say(io, `release: HEAD is ${released}`);
  const version = released ?? (await releasedVersion(io));
  if (version === undefined)
    throw new DirectrixError('NOTHING_TO_RELEASE', 'HEAD has no tag of a version after the release.', {
      source: 'git tag',
    });
  const imageId = await bakedImage(io, world, version);
  if (imageId === undefined) {
    say(io, `bake ${version}`);
    const code = await run(bakeArgv(options, version));
    if (code !== exitCode.done) return stop(io, 'bake', code);
  } else say(io, `bake: ${imageId} is ${version}`);
  say(io, `deploy ${version} to ${options.group}`);
  return stop(io, 'deploy', await run(deployArgv(options, version)));
}

function say(io: Io, text: string): void {
  writeText(io.stderr, `ship: ${text}\n`);
}

function stop(io: Io, step: string, code: number): number {
  if (code !== exitCode.done) say(io, `stopped at ${step}; run it again to go on`);
  return code;
}

/** Of the tag at HEAD, when the tree is as it is there. */
async function releasedVersion(io: Io): Promise<string | undefined> {
  const tags = await createGit(io.cwd, io.env).ask('tag', '--points-at', 'HEAD');
  return tags?.split('\n').flatMap((tag) => versionOfTag(tag) ?? [])[0];
}

/** The newest available image of the version that was baked from this commit. */
async function bakedImage(io: Io, { clients }: World, version: string): Promise<string | undefined> {
  const commit = await createGit(io.cwd, io.env).ask('rev-parse', 'HEAD');
  const images = await findImagesOfVersion(clients, version);
  const fitting = images.find(
    (image) => image.State === 'available' && commit !== undefined && commitOf(image) === commit,
  );
  return fitting?.ImageId;
}

function repeat(name: string, values: readonly string[] | undefined): string[] {
  return (values ?? []).flatMap((value) => [name, value]);
}

function given(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

function releaseArgv({ version, check, versionFile, push }: ShipOptions): string[] {
  const pushed = push === undefined ? [] : push === true ? ['--push'] : ['--push', push];
  return [
    'release',
    ...(version === undefined ? [] : [version]),
    ...repeat('--check', check),
    ...repeat('--version-file', versionFile),
    ...pushed,
  ];
}

function bakeArgv(options: ShipOptions, version: string): string[] {
  return [
    'bake',
    options.template,
    ...['--version', version, '--packer', options.packer],
    ...repeat('--var', options.var),
    ...repeat('--var-file', options.varFile),
    ...secretsArgv(options),
  ];
}

function deployArgv(options: ShipOptions, version: string): string[] {
  return ['deploy', '--group', options.group, '--version', version, ...secretsArgv(options), ...options.deployOptions];
}

function secretsArgv({ secretsPath, secretsManifest }: ShipOptions): string[] {
  return [...given('--secrets-path', secretsPath), ...given('--secrets-manifest', secretsManifest)];
}
