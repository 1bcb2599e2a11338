// The incident, replayed and prevented: what `npm start` shows, act by act, in labs of real processes with real HTTP.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acts, type Performance, perform } from '../../examples/hyperbola/src/replay/act.js';
import { chooseSpeed } from '../../examples/hyperbola/src/replay/lab-time.js';
import { setStage } from '../../examples/hyperbola/src/replay/stage.js';
import { findSurprises } from '../../examples/hyperbola/src/replay/verdict.js';
import type { View } from '../../examples/hyperbola/src/replay/view.js';

const silent: View = {
  heading() {},
  say() {},
  detail() {},
  print() {},
  show() {},
  draw() {},
  clear() {},
  setTime() {},
};
const directory = mkdtempSync(join(tmpdir(), 'directrix-acceptance-'));
const performances: Performance[] = [];

beforeAll(async () => {
  const { signal } = new AbortController();
  const speed = await chooseSpeed(signal);
  for (const act of acts) {
    const stage = await setStage({ network: act.network, speed, stateHome: directory }, signal);
    try {
      performances.push(await perform(act, stage, join(directory, `${act.numeral}.jsonl`), silent, signal));
    } finally {
      await stage.strike();
    }
  }
});

afterAll(() => rmSync(directory, { recursive: true, force: true }));

const [first, second, third] = [() => performances[0]!, () => performances[1]!, () => performances[2]!];

describe('the replay', () => {
  it('shows what it is there to show', () => {
    expect(findSurprises(performances)).toEqual([]);
  });

  it('measures an outage in Act I, although the cycler reports success', () => {
    expect(first().ending.exitCode).toBe(0);
    const { '502': notThere = 0, '503': notReady = 0 } = first().traffic.failures;
    expect(notThere + notReady).toBeGreaterThan(0);
    expect(first().traffic.secondsDown).toBeGreaterThan(10);
  });

  it('begins Act II with preflight, which refuses with the three faults of N1, each with its fix, and changes nothing', () => {
    const errors = second().ending.refusal!.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ code }) => code)).toEqual([
      'DNS_PRIVATE_DISABLED',
      'ENI_SG_RULES_MISMATCH',
      'SG_SHARED_NO_SELF_RULE',
    ]);
    for (const { fix } of errors) expect(fix!.commands.join('\n')).toMatch(/^aws ec2 .*(vpce|sg)-[0-9a-f]+/);
    const told = readFileSync(second().timelinePath, 'utf8');
    expect(told).toContain('aws ec2 modify-vpc-endpoint');
    expect(told).toContain('PREFLIGHT_SKIPPED');
  });

  it('names in Act II what the load balancer said of the failed instance, and keeps its console', () => {
    const { evidence, quarantined } = second().ending.result!;
    expect(evidence[0]!.message).toContain('Health checks failed with these codes: [503]');
    expect(evidence[0]!.message).toContain(
      'it says: secrets: DNS_PRIVATE_DISABLED (name): ssm.us-west-2.amazonaws.com',
    );
    const consoles = quarantined.flatMap(({ consoleTail }) => consoleTail).join('\n');
    expect(consoles).toContain('reading settings from Parameter Store /app/production/');
    expect(consoles).toContain('DNS_PRIVATE_DISABLED (name): ssm.us-west-2.amazonaws.com resolves to a public address');
    expect(consoles).not.toContain('hyperbola 0.149.2 serves');
  });

  it('never prints a setting', () => {
    const told = performances.map(({ timelinePath }) => readFileSync(timelinePath, 'utf8')).join('');
    expect(told).toContain('START_TIMEOUT');
    for (const value of ['an-example-and-not-a-secret', 'mysql://hyperbola@']) expect(told).not.toContain(value);
  });

  it('ships in Act III, and every request of it was answered', () => {
    expect(third().ending.result!.outcome).toBe('done');
    expect(third().traffic).toMatchObject({ failed: 0, secondsDown: 0 });
    expect(third().traffic.requests).toBeGreaterThan(1_000);
  });
});
