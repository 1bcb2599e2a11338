// Which release a rollback goes to, whatever was killed or rolled away from before.
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMortalClients } from './mortal-clients.js';
import { Site } from './site.js';

const historyName = '/directrix/groups/web/history';

let site: Site;
beforeEach(async () => {
  site = await Site.create({ desired: 1 });
});
afterEach(() => site.close());

const rollback = (...more: readonly string[]) => site.directrix(['rollback', '--group', 'web', '--json', ...more]);

/** Its deployer dies as soon as the group is as it shall be, before the good releases are written. */
async function dieBeforeItIsRemembered(...argv: readonly string[]): Promise<void> {
  const mortal = createMortalClients({
    atChange: (name, { Name, Value }) =>
      name === 'PutParameter' && Name === historyName && !String(Value).includes('withdrawnAt'),
    isCarriedOut: false,
  });
  void site.start([...argv, '--group', 'web', '--json'], { wrapClients: mortal.wrapClients });
  expect(await site.run(mortal.died)).toBe('PutParameter');
  await site.advance(5_000);
}

test('a release that was rolled away from is never gone back to', async () => {
  await site.registerRelease('2');
  await site.deploy('2');
  expect(await rollback()).toMatchObject({ exitCode: 0, document: { outcome: 'done', to: { version: '1' } } });
  expect(await rollback()).toMatchObject({
    exitCode: 2,
    document: {
      error: { code: 'NO_GOOD_RELEASE', hint: expect.stringContaining('2 (withdrawn)') },
    },
  });
  expect(await rollback('--to-version', '2')).toMatchObject({ document: { error: { code: 'NO_GOOD_RELEASE' } } });
  expect(await site.serving()).toEqual(['1']);
});

test('a second rollback goes one release further back', async () => {
  for (const version of ['2', '3']) {
    await site.registerRelease(version);
    await site.deploy(version);
  }
  expect((await rollback()).document.to?.version).toBe('2');
  expect((await rollback()).document.to?.version).toBe('1');
  expect(await site.serving()).toEqual(['1']);
});

test('a release that is rolled out again after it was withdrawn is good again', async () => {
  await site.registerRelease('2');
  await site.registerRelease('3');
  await site.deploy('2');
  await rollback();
  await site.deploy('2');
  await site.deploy('3');
  expect((await rollback()).document.to?.version).toBe('2');
});

test('a deployer that was killed before it could remember its release leaves a rollback that works', async () => {
  await site.registerRelease('2');
  await dieBeforeItIsRemembered('deploy', '--version', '2');
  expect(await rollback()).toMatchObject({ exitCode: 0, document: { outcome: 'done', to: { version: '1' } } });
  expect(await site.serving()).toEqual(['1']);
});

test('and the next deploy remembers it in its place', async () => {
  await site.registerRelease('2');
  await site.registerRelease('3');
  await dieBeforeItIsRemembered('deploy', '--version', '2');
  await site.deploy('3');
  expect((await rollback()).document.to?.version).toBe('2');
});

test('a rollback that was killed before it could remember brings nothing back that it rolled away from', async () => {
  for (const version of ['2', '3']) {
    await site.registerRelease(version);
    await site.deploy(version);
  }
  await dieBeforeItIsRememberedAfterRollback();
  expect((await rollback()).document.to?.version).toBe('1');
});

async function dieBeforeItIsRememberedAfterRollback(): Promise<void> {
  let writes = 0;
  // The first write withdraws the release; the second would remember how it ended.
  const mortal = createMortalClients({
    atChange: (name, { Name }) => name === 'PutParameter' && Name === historyName && ++writes === 2,
    isCarriedOut: false,
  });
  void site.start(['rollback', '--group', 'web', '--json'], { wrapClients: mortal.wrapClients });
  await site.run(mortal.died);
  await site.advance(5_000);
  expect(await site.serving()).toEqual(['2']);
}

test('a history that cannot be read refuses a rollback, names its parameter, and is not written over by a deploy', async () => {
  await site.registerRelease('2');
  const broken = { Name: historyName, Value: '[{]', Type: 'String' as const };
  await site.run(site.clients.ssm.send(new PutParameterCommand(broken)));
  expect(await rollback()).toMatchObject({
    exitCode: 2,
    document: { error: { code: 'HISTORY_UNREADABLE', source: historyName } },
  });
  const deployed = await site.deploy('2');
  expect(deployed).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
  expect(deployed.stderr).toContain('HISTORY_UNREADABLE');
});

test('with nothing healthy a rollback rescues by itself', async () => {
  await site.registerRelease('2');
  await site.deploy('2');
  const [fresh = ''] = [...site.lab.state.ec2.instances.keys()].slice(-1);
  site.dataPlane.changeMachine(fresh, { status: 'KO: database gone' });
  await site.advance(30_000);
  const rescued = await rollback();
  expect(rescued).toMatchObject({ exitCode: 0, document: { outcome: 'done', to: { version: '1' } } });
  expect(await site.serving()).toEqual(['1']);
});
