// Every printed fix, typed as it stands: EC2 accepts it, and all of them together let the connection through. Two VPCs with faults of
// every kind in every combination, made in a lab through EC2's API.
import { commandsOf } from '@directrix/preflight';
import { type Answer, buildNetwork, reach } from '@directrix/reachability';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LabSite } from '../network/lab-site.js';
import { type SiteDestination, siteDestinations, sitePlan } from '../network/random-site.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
/** One site in eight is reachable as it stands: among so many there is always one. */
const runs = Number(process.env.RUNS ?? 75);

async function ask(site: LabSite, to: SiteDestination) {
  const snapshot = await site.read(to);
  return { snapshot, answer: reach(buildNetwork(snapshot), site.question(to)) };
}

const isManual = ({ faults }: Answer) => faults.some(({ edits }) => edits.some(({ kind }) => kind === 'manual'));

test(`printed fixes are accepted and mend everything (SEED=${seed} RUNS=${runs})`, async () => {
  const counts = { reachable: 0, mended: 0, manual: 0, commands: 0 };
  await fc.assert(
    fc.asyncProperty(sitePlan, fc.constantFrom(...siteDestinations), async (plan, to) => {
      const site = await LabSite.open(plan);
      try {
        const { snapshot, answer } = await ask(site, to);
        expect(answer.verdict).not.toBe('unknown');
        const address = { near: '10.0.2.20', far: '10.1.1.20', farAddress: '10.1.1.20' }[to as string];
        if (address !== undefined && answer.verdict !== 'partial')
          expect(site.passes(address)).toBe(answer.verdict === 'reachable');
        if (answer.verdict === 'reachable') {
          counts.reachable++;
          return;
        }
        const commands = answer.faults.flatMap(({ edits }) => edits.flatMap((edit) => commandsOf(edit, snapshot)));
        for (const command of commands) {
          const refusal = await site.type(command).then(
            () => undefined,
            (error: Error) => `${error.name}: ${error.message}`,
          );
          expect({ command, refusal }).toEqual({ command, refusal: undefined });
          counts.commands++;
        }
        const { answer: after } = await ask(site, to);
        if (isManual(answer)) counts.manual++;
        else counts.mended++;
        const left = after.faults.map(({ code, explanation }) => ({ code, explanation }));
        if (!isManual(answer))
          expect({ verdict: after.verdict, left, commands }).toEqual({ verdict: 'reachable', left: [], commands });
        // What a call can mend is mended, whatever else is left for a person.
        const said = answer.faults.map(({ explanation }) => explanation);
        expect(after.faults.flatMap(({ edits }) => edits).filter(({ kind }) => kind !== 'manual')).toEqual([]);
        expect(left.filter(({ explanation }) => !said.includes(explanation))).toEqual([]);
      } finally {
        await site.close();
      }
    }),
    { seed, numRuns: runs, endOnFailure: true },
  );
  expect(counts.mended).toBeGreaterThan(counts.manual / 2);
  expect(Math.min(counts.mended, counts.reachable, counts.commands)).toBeGreaterThan(0);
});
