// L2: after a kill at any point, resume or abort ends the rollout: all new, or all old, and nothing in between. Kills in the midst of a
// proof are in prove.test.ts.
import { afterEach, describe, expect, test } from 'vitest';
import { createMortalClients, type Death } from './mortal-clients.js';
import { type CommandResult, Site } from './site.js';

let site: Site;
afterEach(() => site.close());

type Behaviour = Parameters<Site['registerRelease']>[1];

type Picture = Awaited<ReturnType<Site['picture']>>;

interface Aftermath {
  readonly lastCall: string;
  readonly before: Picture;
  readonly atDeath: Picture;
  readonly result: CommandResult;
}

/** The deployer dies; then another one on the same machine does `command`. Undefined when the deploy ended before it could die. */
async function dieAndGoOn(
  behaviour: Behaviour,
  death: Death,
  command: 'resume' | 'abort',
): Promise<Aftermath | undefined> {
  site = await Site.create({ desired: 2, max: 4 });
  site.startTraffic();
  await site.registerRelease('2', behaviour);
  const before = await site.picture();
  const mortal = createMortalClients(death);
  const deploy = site.start(
    ['deploy', '--group', 'web', '--version', '2', '--json', '--no-prove', '--bake', '20s', '--start-timeout', '60s'],
    {
      wrapClients: mortal.wrapClients,
    },
  );
  const lastCall = await site.run(Promise.race([mortal.died, deploy.then(() => undefined)]));
  if (lastCall === undefined) return undefined;
  const atDeath = await site.picture();
  await site.advance(5_000);
  return { lastCall, before, atDeath, result: await site.directrix([command, '--group', 'web', '--json']) };
}

/** The rollout had ended already, or had not begun, when its deployer died. */
function hadNothingToDo({ document }: CommandResult): boolean {
  return document.error?.code === 'NOTHING_TO_RESUME';
}

async function expectAllNew(before: Picture): Promise<void> {
  expect(await site.serving()).toEqual(['2', '2']);
  expect((await site.picture()).group).toEqual(before.group);
}

/**
 * The picture as if the old instances that were gone when the deployer died were still there: what took their place is of the old
 * release, and more cannot be asked for. Any other difference stays.
 */
function withoutLost(picture: Picture, before: Picture, atDeath: Picture): Picture {
  const includes = (instances: Picture['instances'], id: string | undefined) =>
    instances.some(({ InstanceId }) => InstanceId === id);
  const lost = before.instances.filter(({ InstanceId }) => !includes(atDeath.instances, InstanceId));
  const old = before.instances[0]?.version;
  const isReplacement = ({ InstanceId, version }: Picture['instances'][number]) =>
    !includes(before.instances, InstanceId) && version === old;
  if (picture.instances.filter(isReplacement).length !== lost.length) return picture;
  const instances = [...picture.instances.filter((instance) => !isReplacement(instance)), ...lost];
  return { ...picture, instances: instances.sort((a, b) => a.InstanceId!.localeCompare(b.InstanceId!)) };
}

/** More changes than a rollout of two instances makes. */
const manyChanges = 60;

/** Every second change from the first, by turns before and after AWS did what was asked: a lost call, and a call whose answer is lost. */
function everySecondChange(first: number): Death[] {
  return Array.from({ length: manyChanges / 2 }, (_, index) => ({
    atChange: first + 2 * index,
    isCarriedOut: index % 2 === 0,
  }));
}

// Each change of both releases is met by one of the two commands.
describe.each<['resume' | 'abort', string, Behaviour, number]>([
  ['resume', 'good', {}, 1],
  ['abort', 'good', {}, 2],
  ['resume', 'bad', { fault: 'neverStarts' }, 2],
  ['abort', 'bad', { fault: 'neverStarts' }, 1],
])('%s after a kill of the deploy of a %s release', (command, quality, behaviour, first) => {
  test('at any change leaves the group all new or exactly as it was, free, and no request failed', {
    // Some fifty seconds of computing; on a starved machine that takes long.
    timeout: 600_000,
  }, async () => {
    const died: string[] = [];
    for (const death of everySecondChange(first)) {
      const outcome = await dieAndGoOn(behaviour, death, command);
      if (outcome === undefined) break;
      const { before, atDeath, result } = outcome;
      const place = `${outcome.lastCall} (change ${death.atChange}, ${death.isCarriedOut ? 'after' : 'before'} AWS did it)`;
      died.push(place);
      const isNew = (await site.serving()).every((version) => version === '2');
      const told = { place, outcome: result.document.outcome, exitCode: result.exitCode, isNew };
      if (hadNothingToDo(result)) expect(told).toMatchObject({ place, exitCode: 2 });
      else if (isNew) expect(told).toEqual({ place, outcome: 'done', exitCode: 0, isNew: true });
      else expect(told).toEqual({ place, outcome: 'rolledBack', exitCode: 1, isNew: false });
      if (quality === 'bad' || (command === 'abort' && !hadNothingToDo(result)))
        expect({ place, isNew }).toEqual({ place, isNew: false });
      if (isNew) await expectAllNew(before);
      else
        expect({ place, picture: withoutLost(await site.picture(), before, atDeath) }).toEqual({
          place,
          picture: before,
        });
      expect({ place, failed: site.traffic().failed }).toEqual({ place, failed: 0 });
      const status = JSON.parse((await site.directrix(['status', '--group', 'web', '--json'])).stdout);
      expect({ place, isActive: status.lease?.isActive ?? false }).toEqual({ place, isActive: false });
      await site.close();
    }
    expect(died.length).toBeGreaterThan(8);
    expect(died.length).toBeLessThan(manyChanges / 2);
  });
});
