// Approvals, hooks and notifications around a whole deploy, by the commands that a person runs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type CommandOptions, Site } from './site.js';

let site: Site;
afterEach(() => site.close());

async function open(): Promise<void> {
  site = await Site.create({ desired: 1 });
  await site.registerRelease('2');
}

// What lies between a proof and roll is in prove.test.ts.
const startDeploy = (more: readonly string[], options?: CommandOptions) =>
  site.startDeploy('2', ['--no-probe', '--no-prove', ...more], options);
/** Somebody else, at another machine. */
const desk = { machine: 'desk' };
const codesOf = (document: { readonly notices: readonly { readonly code: string }[] }) =>
  document.notices.map(({ code }) => code);

/** The deploy until it waits, and what it comes to. */
async function deployUntilWaiting(more: readonly string[], options: CommandOptions = {}) {
  const running = startDeploy(more, options);
  await site.advance(300_000);
  return site.run(running);
}

describe('an approval', () => {
  test('is waited for, longer than a release may stand still; then the rollout goes on', async () => {
    await open();
    const running = startDeploy(['--approve-before', 'roll,finish', '--approval-time', '1h']);
    await site.advance(1_200_000);
    expect(await site.serving()).toEqual(['1']);
    const status = await site.directrix(['status', '--group', 'web'], desk);
    expect(status.stdout).toMatch(/waiting: roll waits for directrix approve or reject: 1\d\d\d of 3600 s/);
    const first = await site.directrix(['approve', '--group', 'web', '--reason', 'seen by all'], desk);
    expect(first).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: 'APPROVED: roll of web may begin (rollout rollout-1)\n',
    });
    const again = await site.directrix(['reject', '--group', 'web', '--before', 'roll'], desk);
    expect(again.stderr).toContain(
      'error APPROVAL_ANSWERED: user@desk has approved roll of rollout-1 already: "seen by all".',
    );
    await site.advance(300_000);
    // Everything new serves; the old one is warm.
    expect(await site.serving()).toEqual(['2']);
    expect((await site.directrix(['approve', '--group', 'web'], desk)).stdout).toBe(
      'APPROVED: finish of web may begin (rollout rollout-1)\n',
    );
    const { exitCode, document, stderr } = await site.run(running);
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 0, outcome: 'done' });
    expect(codesOf(document)).toEqual(['APPROVAL_NEEDED', 'APPROVED', 'APPROVAL_NEEDED', 'APPROVED']);
    expect(stderr).toContain('APPROVED user@desk approved roll: "seen by all"');
    expect([...site.lab.state.ssm.parameters.keys()].filter((name) => name.includes('approvals'))).toEqual([]);
    const late = await site.directrix(['approve', '--group', 'web'], desk);
    expect(late).toMatchObject({ exitCode: 2 });
    expect(late.stderr).toContain('error NOTHING_TO_RESUME');
  });

  test('that is refused takes everything back, and says nothing against the release', async () => {
    await open();
    const before = await site.picture();
    const running = startDeploy(['--approve-before', 'finish']);
    await site.advance(300_000);
    expect(await site.serving()).toEqual(['2']);
    expect((await site.directrix(['reject', '--group', 'web'], desk)).stdout).toBe(
      'REJECTED: finish of web; it goes back (rollout rollout-1)\n',
    );
    const { exitCode, document } = await site.run(running);
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 1, outcome: 'rolledBack' });
    expect(document.evidence).toMatchObject([{ code: 'APPROVAL_REJECTED', phase: 'finish', by: 'user@desk' }]);
    expect((await site.picture()).group).toEqual(before.group);
    expect(await site.serving()).toEqual(['1']);
    const history = await site.directrix(['history', '--group', 'web']);
    expect(history.stdout).not.toContain('withdrawn');
  });

  test.each<[string, number, string, string]>([
    ['go-back', 1, 'rolledBack', '1'],
    ['go-on', 0, 'done', '2'],
    ['stop', 3, 'needsHuman', '1'],
  ])('that nobody gives: --if-unanswered %s', async (what, exitCode, outcome, serving) => {
    await open();
    const before = await site.picture();
    const ended = await deployUntilWaiting([
      '--approve-before',
      'roll',
      '--approval-time',
      '1m',
      '--if-unanswered',
      what,
    ]);
    expect(ended).toMatchObject({ exitCode, document: { outcome } });
    expect(await site.serving()).toEqual([serving]);
    if (outcome === 'rolledBack') expect(await site.picture()).toEqual(before);
    if (outcome !== 'needsHuman') return;
    // Asked again when it is resumed.
    const resumed = site.start(['resume', '--group', 'web', '--json']);
    await site.advance(10_000);
    expect((await site.directrix(['approve', '--group', 'web'], desk)).exitCode).toBe(0);
    expect(await site.run(resumed)).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
  });

  test('outlives the deployer: what was answered meanwhile is found by who resumes', async () => {
    await open();
    const stop = new AbortController();
    const running = startDeploy(['--approve-before', 'finish'], { signal: stop.signal });
    await site.advance(300_000);
    stop.abort('SIGTERM');
    expect(await site.run(running)).toMatchObject({ exitCode: 130 });
    const { stdout } = await site.directrix(['approve', '--group', 'web'], desk);
    expect(stdout).toBe(
      'APPROVED: finish of web may begin (rollout rollout-1)\n  no deployer is running: directrix resume --group web goes on\n',
    );
    const resumed = await site.directrix(['resume', '--group', 'web', '--json'], { machine: 'other' });
    expect(resumed).toMatchObject({ exitCode: 0, document: { outcome: 'done' } });
  });

  test.each([
    [['approve', '--group', 'web'], 'error NOTHING_TO_APPROVE: The rollout of web waits for no approval.'],
    [
      ['approve', '--group', 'web', '--before', 'bake'],
      'error NOTHING_TO_APPROVE: The rollout of web asks for no approval before bake.',
    ],
  ])('that is not asked for: directrix %j', async (argv, message) => {
    await open();
    const running = startDeploy(['--approve-before', 'finish']);
    await site.advance(10_000);
    const { exitCode, stderr } = await site.directrix(argv, desk);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain('it will ask before finish: --before answers ahead');
    expect((await site.directrix(['approve', '--group', 'web', '--before', 'finish'], desk)).exitCode).toBe(0);
    expect(await site.run(running)).toMatchObject({ exitCode: 0 });
  });

  test('of a phase that there is none of is refused', async () => {
    await open();
    const { exitCode, stderr } = await site.run(startDeploy(['--approve-before', 'roll,lunch']));
    expect(exitCode).toBe(2);
    expect(stderr).toContain("'lunch' is no phase");
  });
});

describe('hooks and notifications of directrix.yaml', () => {
  const settings = `groups:
  web:
    hooks:
      - { before: roll, name: migrate, webhook: https://ci.example/before-roll }
      - { after: bake, name: smoke, webhook: https://ci.example/after-bake, deadline: 1m }
      - { before: halt, name: page, webhook: https://ci.example/before-halt }
      - { after: finish, name: tidy, webhook: https://ci.example/after-finish }
    notifications:
      - slack: https://hooks.example/slack
      - webhook: https://dead.example/
        on: [started, done]
`;

  async function deploy(answer: (path: string) => number) {
    await open();
    writeFileSync(join(site.directory, 'directrix.yaml'), settings);
    const calls: string[] = [];
    const said: string[] = [];
    const result = await site.run(
      startDeploy([], {
        cwd: site.directory,
        post: async (url, { body }) => {
          const { hostname, pathname } = new URL(url);
          if (hostname === 'dead.example') throw Object.assign(new Error(), { code: 'ECONNREFUSED' });
          if (hostname === 'hooks.example') {
            said.push(JSON.parse(body).text.split('\n')[0]);
            return { status: 200 };
          }
          calls.push(pathname);
          return { status: answer(pathname) };
        },
      }),
    );
    return { ...result, calls, said };
  }

  test('a good release: each hook in its turn, and who is to know knows', async () => {
    const { exitCode, document, calls, said } = await deploy(() => 200);
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 0, outcome: 'done' });
    expect(calls).toEqual(['/before-roll', '/after-bake', '/after-finish']);
    expect(said).toEqual(['*web: 2 is rolled out, in place of 1*', '*web: 2 is rolled out*']);
    // A dead receiver is told of once, and holds nothing.
    expect(codesOf(document).filter((code) => code === 'NOTIFICATION_FAILED')).toHaveLength(1);
  });

  test('a hook that says no takes the group back to what it was', async () => {
    const { exitCode, document, calls, said } = await deploy((path) => (path === '/after-bake' ? 503 : 200));
    expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 1, outcome: 'rolledBack' });
    expect(document.evidence).toMatchObject([{ code: 'HOOK_FAILED', when: 'after', phase: 'bake', name: 'smoke' }]);
    expect(calls).toEqual(['/before-roll', '/after-bake', '/before-halt', '/after-finish']);
    expect(said).toEqual([
      '*web: 2 is rolled out, in place of 1*',
      '*web: 2 is halted: HOOK_FAILED*',
      '*web: 2 is rolled back*',
    ]);
    expect(await site.serving()).toEqual(['1']);
  });

  test('on the way back no hook holds anything', async () => {
    const { document } = await deploy((path) => (path === '/before-roll' ? 500 : 404));
    expect(document.outcome).toBe('rolledBack');
    expect(codesOf(document).filter((code) => code === 'HOOK_NOT_PASSED')).toHaveLength(2);
  });
});
