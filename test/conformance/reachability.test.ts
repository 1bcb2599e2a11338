// Verdicts against real connections: random networks, each made in a lab through EC2's API and read as directrix reads an account.
// The lab decides with the same package, so this holds the reading, the API and the gateway together with the verdicts; the kernel
// judges the verdicts themselves in test/system/linux-network.test.ts.
import { type Answer, buildNetwork, reach } from '@directrix/reachability';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEditInAws } from '../network/apply-edit.js';
import { type EndpointPlan, LabNetwork, ssmName } from '../network/lab-network.js';
import { addressOf, allWays, randomNetwork, type Way } from '../network/random-network.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const runs = Number(process.env.RUNS ?? 10);

const endpointPlan: fc.Arbitrary<EndpointPlan | undefined> = fc.option(
  fc.record({
    groups: fc.subarray(['sg-1', 'sg-2', 'sg-3'], { minLength: 1 }),
    subnets: fc.subarray(['subnet-a', 'subnet-b'] as const, { minLength: 1 }),
    privateDns: fc.boolean(),
    dnsHostnames: fc.constantFrom(true, true, false),
  }),
  { nil: undefined, freq: 5 },
);

type Destination = { readonly name: string } | { readonly address: string };

interface Case {
  readonly from: string;
  readonly to: Destination;
  readonly port: number;
}

const cases: readonly Case[] = [
  ...allWays({ hasInternet: false }).map((way: Way) => ({ ...way, to: { address: addressOf(way.to) } })),
  ...['a1', 'a2', 'b1', 'b2'].map((from) => ({ from, to: { name: ssmName }, port: 443 })),
];

async function ask(lab: LabNetwork, { from, to, port }: Case): Promise<Answer> {
  const where =
    'name' in to ? { kind: 'name' as const, name: to.name } : { kind: 'address' as const, address: to.address };
  return reach(buildNetwork(await lab.read()), { from: lab.source(from), to: where, port });
}

async function withLab(
  snapshot: Parameters<typeof LabNetwork.open>[0],
  endpoint: EndpointPlan | undefined,
  use: (lab: LabNetwork) => Promise<void>,
): Promise<void> {
  const lab = await LabNetwork.open(snapshot, endpoint);
  try {
    await use(lab);
  } finally {
    await lab.close();
  }
}

test(`real connections through the lab agree with every verdict (SEED=${seed} RUNS=${runs})`, async () => {
  const counts: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(randomNetwork({ hasInternet: true }), endpointPlan, (snapshot, endpoint) =>
      withLab(snapshot, endpoint, async (lab) => {
        const network = buildNetwork(await lab.read());
        const disagreements = [];
        for (const one of cases) {
          const to = 'name' in one.to ? { kind: 'name' as const, ...one.to } : { kind: 'address' as const, ...one.to };
          const { verdict } = reach(network, { from: lab.source(one.from), to, port: one.port });
          counts[verdict] = (counts[verdict] ?? 0) + 1;
          // Passes now and then: neither answer would be wrong.
          if (verdict === 'partial') continue;
          const outcome = await lab.connect(one.from, one.to, one.port);
          if ((verdict === 'reachable') !== (outcome === 'open')) disagreements.push({ ...one, verdict, outcome });
        }
        expect(disagreements).toEqual([]);
      }),
    ),
    { seed, numRuns: runs, endOnFailure: true },
  );
  expect(counts.unknown ?? 0).toBe(0);
  expect(Math.min(counts.reachable ?? 0, counts.unreachable ?? 0)).toBeGreaterThan(0);
});

test(`the edits of an unreachable verdict, made through the API, let the connection through (SEED=${seed})`, async () => {
  let mended = 0;
  await fc.assert(
    fc.asyncProperty(
      randomNetwork({ hasInternet: true }),
      endpointPlan,
      fc.constantFrom(...cases),
      (snapshot, endpoint, one) =>
        withLab(snapshot, endpoint, async (lab) => {
          const answer = await ask(lab, one);
          const edits = answer.faults.flatMap((fault) => fault.edits);
          if (answer.verdict !== 'unreachable' || edits.some(({ kind }) => /^(manual|create.*Endpoint)$/.test(kind)))
            return;
          for (const edit of edits) await lab.run(applyEditInAws(lab.clients.ec2, edit));
          await lab.settle();
          expect({ outcome: await lab.connect(one.from, one.to, one.port), edits }).toEqual({ outcome: 'open', edits });
          mended++;
        }),
    ),
    { seed, numRuns: 2 * runs, endOnFailure: true },
  );
  expect(mended).toBeGreaterThan(0);
});
