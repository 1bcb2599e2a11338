import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeGroup, describeGroups, findReportRoute } from '@directrix/aws';
import { DirectrixError, defaultHealthPath } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import { describeFailure, writeFailure } from '../../failure.js';
import { observeGroup } from '../../rollout/observed-group.js';
import { count } from '../../text/quantities.js';
import { withWorld } from '../../with-world.js';
import type { World } from '../../world.js';
import { formatFile, type SeenGroup } from './output.js';

export interface InitOptions {
  readonly group?: readonly string[];
  readonly output: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

const schema = 'directrix.init/1';

export async function runInit(context: CommandContext, options: InitOptions): Promise<void> {
  const { io } = context;
  const file = options.output === '-' ? undefined : resolve(io.cwd, options.output);
  try {
    if (file !== undefined && options.force !== true) refuseExisting(file, options.output);
    const { region, groups } = await withWorld(context, (world) => look(world, options.group));
    const text = formatFile(region, groups);
    if (file !== undefined) write(file, text, options);
    const told = { schema, file: options.output, region, groups: groups.map(({ name }) => name) };
    if (options.json) io.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
    else if (file === undefined) io.stdout.write(text);
    else io.stdout.write(`${options.output} is written: ${count(groups.length, 'group')} of ${region}\n`);
    context.setExitCode(exitCode.done);
  } catch (error) {
    writeFailure(io, error);
    if (options.json) io.stdout.write(`${JSON.stringify({ schema, error: describeFailure(error) }, null, 2)}\n`);
    context.setExitCode(exitCode.refused);
  }
}

function refuseExisting(file: string, named: string): void {
  if (existsSync(file)) throw describeExisting(named);
}

function describeExisting(named: string): DirectrixError {
  return new DirectrixError('FILE_EXISTS', `${named} is there already. It stays as it is.`, {
    kind: 'invalid',
    source: '--output',
    hint: 'name another file with --output, or write over it with --force',
  });
}

function write(file: string, text: string, { output, force }: InitOptions): void {
  try {
    // Between the look and now somebody may have written one.
    writeFileSync(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw describeExisting(output);
    throw new DirectrixError('FILE_NOT_WRITTEN', `${output} cannot be written: ${code}.`, {
      kind: 'invalid',
      source: '--output',
    });
  }
}

async function look(world: World, names: readonly string[] | undefined) {
  const all =
    names === undefined
      ? await describeGroups(world.clients)
      : await Promise.all(names.map((name) => describeGroup(world.clients, name)));
  const groups: SeenGroup[] = [];
  for (const group of all) groups.push(await lookAtGroup(world, group.AutoScalingGroupName ?? ''));
  return { region: await world.clients.autoScaling.config.region(), groups };
}

async function lookAtGroup(world: World, name: string): Promise<SeenGroup> {
  try {
    const { observation, targetGroups } = await observeGroup(world, name);
    const { minSize, maxSize, desiredCapacity } = observation.group;
    const healthPath = targetGroups.find(({ healthCheck }) => healthCheck?.path !== undefined)?.healthCheck?.path;
    return {
      name,
      sizes: { minSize, maxSize, desiredCapacity },
      targetGroups: targetGroups.map((targetGroup) => targetGroup.name),
      healthPath: healthPath ?? defaultHealthPath,
      url: targetGroups.length === 0 ? undefined : await findUrl(world, targetGroups),
    };
  } catch (error) {
    // One group that cannot be seen hides no other.
    return { name, trouble: describeFailure(error).message };
  }
}

async function findUrl(world: World, targetGroups: Parameters<typeof findReportRoute>[1]): Promise<string | undefined> {
  try {
    const { route } = await findReportRoute(world.clients, targetGroups, {});
    return route.host === undefined ? route.url : undefined;
  } catch (error) {
    if (error instanceof DirectrixError && error.code === 'VERSION_ROUTE_UNKNOWN') return undefined;
    throw error;
  }
}
