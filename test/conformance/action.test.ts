// The action for GitHub, run as a runner does it: parsed from its file, with the inputs of a workflow, in bash.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { readAction, runAction } from './action-runner.js';

// Each starts the command or loads aws-cdk-lib anew: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const root = fileURLToPath(new URL('../..', import.meta.url));
const action = readAction(join(root, 'action.yml'));
const command = `${process.execPath} ${join(root, 'packages/cli/bin/directrix.js')}`;
const template = join(root, 'packages/reachability/src/fixtures/templates/web.template.json');

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'dx action-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

let runs = 0;
function run(inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  return runAction(action, inputs, { workspace: home, temp: join(home, `temp ${++runs}`), env });
}

/** A command that says what it was called with. */
function pretend(status = 0): string {
  const path = join(home, `directrix-${status}`);
  writeFileSync(path, `#!/bin/sh\nfor one in "$@"; do echo "<$one>"; done\nexit ${status}\n`, { mode: 0o755 });
  return path;
}

/** The template of the fixture with the endpoint's private DNS on. */
function mended(): string {
  const path = join(home, 'mended.template.json');
  const json = JSON.parse(readFileSync(template, 'utf8'));
  json.Resources.SsmEndpoint.Properties.PrivateDnsEnabled = true;
  writeFileSync(path, JSON.stringify(json));
  return path;
}

describe('check', () => {
  test('fails for a template with faults, with all of them in the summary and as SARIF', () => {
    const { failed, outputs, summary, log } = run({ command, template });
    expect({ failed, outputs }).toMatchObject({ failed: true, outputs: { verdict: 'fail', differences: '' } });
    expect(summary).toContain('error DNS_PRIVATE_DISABLED');
    expect(log).toContain('::error::Preflight ended with exit code 2.');
    const sarif = JSON.parse(readFileSync(join(outputs.sarif!, 'preflight.sarif'), 'utf8'));
    expect(sarif.version).toBe('2.1.0');
  });

  test('tells what a change of the network does, also where preflight fails', () => {
    const { failed, outputs, summary } = run({ command, template: mended(), before: template, 'fail-on': 'breaks' });
    expect({ failed, outputs }).toMatchObject({ failed: true, outputs: { verdict: 'fail', differences: 'different' } });
    expect(summary).toMatch(/## Preflight[\s\S]*\|/);
  });

  test('passes what preflight passes', () => {
    const { failed, outputs } = run({ command: pretend(), template });
    expect({ failed, outputs }).toMatchObject({ failed: false, outputs: { verdict: 'pass' } });
  });

  test('nothing to check is an error and no pass', () => {
    const { failed, log } = run({ command: pretend() });
    expect(failed).toBe(true);
    expect(log).toContain('::error::Nothing was checked');
  });

  test('values are arguments, and never a part of the script', () => {
    const { log } = run({
      command: pretend(),
      template: '$(touch bad) "; exit 7',
      arguments: '--skip=FAIL_OPEN\n--skip=X Y',
    });
    expect(log.split('\n')).toEqual(
      expect.arrayContaining(['<$(touch bad) "; exit 7>', '<--skip=FAIL_OPEN>', '<--skip=X Y>']),
    );
    for (const { run: script = '' } of action.runs.steps) expect(script).not.toContain('${{');
  });
});

describe('deploy', () => {
  const inputs = {
    run: 'deploy',
    group: 'web',
    version: '0.149.2',
    'role-to-assume': 'arn:aws:iam::123456789012:role/deployer',
    'aws-region': 'us-west-2',
    arguments: '--bake=10m',
  };

  test('takes the role by OIDC, then rolls out', () => {
    const { failed, log, used } = run({ ...inputs, command: pretend() });
    expect(failed).toBe(false);
    expect(used).toEqual([
      {
        uses: 'aws-actions/configure-aws-credentials@v4',
        with: { 'role-to-assume': inputs['role-to-assume'], 'aws-region': 'us-west-2' },
      },
    ]);
    expect(log.trim().split('\n')).toEqual(
      ['deploy', '--version', '0.149.2', '--group', 'web', '--region', 'us-west-2', '--bake=10m'].map(
        (one) => `<${one}>`,
      ),
    );
  });

  test('the job fails when the rollout does, and without a version nothing is started', () => {
    expect(run({ ...inputs, command: pretend(1) }).failed).toBe(true);
    const { failed, log } = run({ ...inputs, version: '', command: pretend() });
    expect({ failed, log }).toEqual({ failed: true, log: expect.stringContaining('::error::Say version') });
  });
});

test('another word for run is refused', () => {
  expect(run({ run: 'chek', command: pretend(), template })).toMatchObject({
    failed: true,
    log: expect.stringContaining('::error::run is chek: say check or deploy.'),
  });
});

test('the repository’s own command is taken before the one from npm', () => {
  const bin = join(home, 'node_modules', '.bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'directrix'), '#!/bin/sh\necho mine\n', { mode: 0o755 });
  expect(run({ template }).log).toContain('mine');
});

test('the example workflow gives inputs that the action has, and needs no more permissions than it uses', () => {
  const workflow = parse(readFileSync(join(root, 'examples/hyperbola/infrastructure/workflow.yml'), 'utf8'));
  const steps = Object.values(workflow.jobs as Record<string, { steps: { uses?: string; with?: object }[] }>).flatMap(
    (job) => job.steps,
  );
  const ours = steps.filter(({ uses }) => uses?.startsWith('directrix/'));
  expect(ours).toHaveLength(2);
  for (const step of ours)
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
  expect(workflow.permissions).toEqual({ contents: 'read' });
  expect(workflow.jobs.deploy.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
});
