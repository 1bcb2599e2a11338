// The replay of 2018-11-11 in three acts, each in a lab of its own: `npm start`.
import './node-version-warning.js';
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import pc from 'picocolors';
import { type Act, acts, type Performance, perform, requestsPerSecond } from './act.js';
import { showDashboard } from './dashboard.js';
import type { DeployResult } from './deployments.js';
import { chooseSpeed } from './lab-time.js';
import { setStage } from './stage.js';
import { renderTable } from './table.js';
import { findSurprises } from './verdict.js';
import { createView, type View } from './view.js';

const prologue = (speed: number) => `
You will see one release, 0.149.2, deployed three times to a site of three instances, while ${requestsPerSecond} requests arrive in each second.

  Act I    as in 2018, in a network with three faults
  Act II   with directrix, in the same network
  Act III  with directrix, in the network that was mended

It takes about ${Math.round(760 / speed / 10) * 10} seconds. The lab's clock runs ${speed} times as fast as yours, and all times below are the lab's. Ctrl-C ends it and leaves nothing behind.`;

const epilogue = `
Try it yourself, in a lab that stays:

  eval "$(npx directrix lab up --detach --scenario hyperbola:N1)"
  npx directrix preflight --group web --version 0.149.2
  npx directrix status --group web
  npx directrix lab down

hyperbola:N5 is the network in which the release ships: npx directrix deploy --group web --version 0.149.2. README.md goes on from there.`;

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort(signal));

process.exitCode = await replay(createView(process.stdout), interrupted.signal).catch((error: Error) => {
  if (interrupted.signal.aborted) return 130;
  console.error(`\nerror: ${error.message}`);
  return 1;
});

async function replay(view: View, signal: AbortSignal): Promise<number> {
  const directory = join(process.cwd(), '.directrix', 'replay', new Date().toISOString().replaceAll(':', '-'));
  const stateHome = join(directory, 'state');
  mkdirSync(stateHome, { recursive: true });
  view.heading('hyperbo.la, 2018-11-11, replayed');
  const speed = await chooseSpeed(signal);
  view.print(prologue(speed));
  const performances: Performance[] = [];
  const dashboard = process.argv.includes('--watch') ? await showDashboard(stateHome) : undefined;
  try {
    if (dashboard !== undefined) view.print(`Watch it: ${dashboard.url}`);
    for (const act of acts) {
      const timelinePath = join(directory, `act-${act.numeral.toLowerCase()}.jsonl`);
      performances.push(await performInLab({ act, speed, stateHome, timelinePath }, view, signal));
    }
  } finally {
    await dashboard?.stop();
  }
  view.show(`\n${renderTable(performances, process.stdout.columns ?? 80)}`);
  view.print(`Timelines: ${relative(process.cwd(), directory)}/`);
  for (const { act, postmortem } of performances)
    if (postmortem !== undefined)
      view.print(
        `The postmortem of Act ${act.numeral}, as directrix writes it: ${relative(process.cwd(), postmortem.markdownPath)}, and .html`,
      );
  const surprises = findSurprises(performances);
  for (const surprise of surprises) view.print(pc.red(`This should not have happened. ${surprise}`));
  if (surprises.length === 0) view.print(epilogue);
  return surprises.length === 0 ? 0 : 1;
}

interface Booking {
  readonly act: Act;
  readonly speed: number;
  readonly stateHome: string;
  readonly timelinePath: string;
}

async function performInLab(
  { act, speed, stateHome, timelinePath }: Booking,
  view: View,
  signal: AbortSignal,
): Promise<Performance> {
  view.heading(`Act ${act.numeral}: ${act.title}, network ${act.network}`);
  view.say('a lab is started, with 0.149.1 on 3 instances');
  const stage = await setStage({ network: act.network, speed, stateHome }, signal);
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
  const codes = [...new Set(evidence.map(({ code }) => code))];
  if (codes.length > 0) view.print(`       halted for ${pc.bold(codes.join(', '))}, as told above`);
  const [first, ...others] = quarantined;
  if (!first) return;
  view.print(`       kept for evidence: ${quarantined.map(({ instanceId }) => instanceId).join(', ')}`);
  const rest =
    others.length === 0 ? '' : `; ${others.length} more ${others.length === 1 ? 'is' : 'are'} kept beside it`;
  view.print(`       the console of ${first.instanceId} ends${rest}:`);
  for (const line of first.consoleTail.slice(-4)) view.print(pc.dim(`         | ${line}`));
}
