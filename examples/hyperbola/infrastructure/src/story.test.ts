// The story over templates alone: no account, no lab. What preflight and reach say of each network is what should have been said that night.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type NetworkName, networkNames, SiteStack } from './site-stack.js';

// Each starts the command or loads aws-cdk-lib anew: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const command = fileURLToPath(new URL('../../../../packages/cli/bin/directrix.js', import.meta.url));
let home: string;

const assemblyOf = (network: NetworkName) => join(home, network);

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'dx-hyperbola-'));
  for (const network of networkNames) {
    const app = new App({ outdir: assemblyOf(network), analyticsReporting: false });
    new SiteStack(app, 'hyperbola', {
      network,
      image: 'ami-0123456789abcdef0',
      env: { account: '123456789012', region: 'us-west-2' },
    });
    app.synth();
  }
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

function directrix(...args: string[]) {
  const { status, stdout } = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8', cwd: home });
  return { status, document: JSON.parse(stdout) };
}

interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly subject: string;
}

function preflight(network: NetworkName) {
  const { status, document } = directrix('preflight', '--json', '--template', assemblyOf(network));
  const findings = (document.findings as Finding[]).filter(({ severity }) => severity !== 'note');
  return {
    status,
    findings: findings.map(({ code, severity, subject }) => `${severity} ${code} ${subject.split(' ')[0]}`),
  };
}

const toSecrets = (from: string, network: NetworkName) =>
  directrix('reach', '--json', '--from', from, '--to', 'ssm:443', '--template', assemblyOf(network)).status;

/** The remediation list of the postmortem had it: logs that outlive the instance. Only N5 has an endpoint for them. */
const logs = expect.stringMatching(/^warning LOGS_UNREACHABLE/);

describe('what is said before anything is launched', () => {
  test('N1: three faults at once, and the builder is told before the name moves', () => {
    const { status, findings } = preflight('N1');
    expect(status).toBe(2);
    expect(findings).toEqual([
      expect.stringMatching(/^error DNS_PRIVATE_DISABLED/),
      expect.stringMatching(/^error ENI_SG_RULES_MISMATCH/),
      expect.stringMatching(/^error SG_SHARED_NO_SELF_RULE/),
      expect.stringMatching(/^warning BYSTANDER_BROKEN builder/),
      logs,
    ]);
  });

  test('N2: one fault is left', () => {
    const { status, findings } = preflight('N2');
    expect(status).toBe(2);
    expect(findings).toEqual([
      expect.stringMatching(/^error DNS_PRIVATE_DISABLED/),
      expect.stringMatching(/^warning BYSTANDER_BROKEN builder/),
      logs,
    ]);
  });

  test('N3: the backend gets through; N4: the builder does not any more', () => {
    expect(preflight('N3')).toEqual({
      status: 0,
      findings: [expect.stringMatching(/^warning ENI_SG_RULES_MISMATCH builder/), logs],
    });
    expect(toSecrets('lt:packer-builder', 'N3')).toBe(2);
  });

  test('N5: all pass', () => {
    expect(preflight('N5')).toEqual({ status: 0, findings: [] });
  });
});

test('each change is told by reach diff before it is made', () => {
  const diff = (before: NetworkName, after: NetworkName) => {
    const template = (network: NetworkName) => join(assemblyOf(network), 'hyperbola.template.json');
    const { status, document } = directrix(
      'reach',
      'diff',
      '--json',
      '--before',
      template(before),
      '--after',
      template(after),
    );
    return { status, kinds: document };
  };
  expect(diff('N2', 'N3').status).toBe(2);
  expect(diff('N3', 'N5').status).toBe(0);
});
