// The replay of 2018-11-11 in three acts, each in a lab of its own: `npm start`.
import './node-version-warning.js';
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import pc from 'picocolors';
import { type Act, acts, type Performance, perform, requestsPerSecond } from './act.js';
import type { DeployResult } from './deployments.js';
import { setStage } from './stage.js';
import { renderTable } from './table.js';
import { findSurprises } from './verdict.js';
import { createView, type View } from './view.js';

const speed = 10;

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort(signal));

process.exitCode = await replay(createView(process.stdout), interrupted.signal).catch((error: Error) => {
  if (interrupted.signal.aborted) return 130;
  console.error(`\nerror: ${error.message}`);
  return 1;
});

async function replay(view: View, signal: AbortSignal): Promise<number> {
  const directory = join(process.cwd(), '.directrix', 'replay', new Date().toISOString().replaceAll(':', '-'));
  mkdirSync(directory, { recursive: true });
  view.heading('hyperbo.la, 2018-11-11, replayed');
  view.print(
    `hyperbola 0.149.1 serves on 3 instances; 0.149.2 reads its secrets from Parameter Store. ${requestsPerSecond} requests/s arrive.
The lab's clock runs ${speed} times as fast as yours. All times are the lab's.`,
  );
  const performances: Performance[] = [];
  for (const act of acts) {
    const timelinePath = join(directory, `act-${act.numeral.toLowerCase()}.jsonl`);
    performances.push(await performInLab(act, timelinePath, view, signal));
  }
  view.print(`\n${renderTable(performances)}`);
  view.print(`Timelines: ${relative(process.cwd(), directory)}/`);
  const surprises = findSurprises(performances);
  for (const surprise of surprises) view.print(pc.red(`This should not have happened. ${surprise}`));
  return surprises.length === 0 ? 0 : 1;
}

async function performInLab(act: Act, timelinePath: string, view: View, signal: AbortSignal): Promise<Performance> {
  view.heading(`Act ${act.numeral}: ${act.title}, network ${act.network}`);
  view.say('a lab is started, with 0.149.1 on 3 instances');
  const stage = await setStage(act.network, speed, signal);
  try {
    const performance = await perform(act, stage, timelinePath, view, signal);
    const { failed, secondsDown } = performance.traffic;
    const paint = failed === 0 ? pc.green : pc.red;
    view.print(paint(`       ${failed} requests failed; the site was down for ${secondsDown} s`));
    if (performance.ending.result) printEvidence(performance.ending.result, view);
    if (performance.ending.isGroupUnchanged)
      view.print('       the group is exactly as it was: sizes, launch template, processes, instances');
    return performance;
  } finally {
    await stage.strike();
  }
}

function printEvidence({ evidence, quarantined }: DeployResult, view: View): void {
  for (const { code, message } of evidence) view.print(`       ${pc.bold(code)}: ${message}`);
  const [first] = quarantined;
  if (!first) return;
  view.print(`       kept for evidence: ${quarantined.map(({ instanceId }) => instanceId).join(', ')}`);
  view.print(`       the console of ${first.instanceId} ends:`);
  for (const line of first.consoleTail.slice(-4)) view.print(pc.dim(`         | ${line}`));
}
