// The independent judge: the lab decides with @directrix/reachability itself, so here the Linux kernel does. The same random networks
// as network namespaces, real packets, and the verdicts must agree. Needs root, iproute2 and nftables.
import { applyEdits, buildNetwork, type NetworkSnapshot, reach } from '@directrix/reachability';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LinuxNetwork } from '../network/linux-network.js';
import { allWays, questionOf, randomNetwork, type Way } from '../network/random-network.js';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const runs = Number(process.env.RUNS ?? 40);
const options = { hasInternet: true, hasBlackholes: true, hasPeer: true };

let linux: LinuxNetwork;
beforeAll(async () => {
  linux = await LinuxNetwork.open();
});
afterAll(() => linux?.close());

// Connection tracking remembers: no two connections of one run may share a client's port. Half of them are below 40001, where some
// network ACLs of the random networks end.
let asks = 0;
function nextPort(): number {
  const turn = asks++;
  return turn % 2 === 0 ? 32_768 + ((turn / 2) % 7_000) : 40_001 + (((turn - 1) / 2) % 20_000);
}

async function judge(snapshot: NetworkSnapshot, ways: readonly { readonly way: Way; readonly sourcePort: number }[]) {
  linux.become(snapshot);
  return Promise.all(ways.map(({ way, sourcePort }) => linux.connect(way.from, way.to, way.port, sourcePort)));
}

test(`the kernel agrees with every verdict on random networks (SEED=${seed} RUNS=${runs})`, async () => {
  const counts = { reachable: 0, unreachable: 0 };
  await fc.assert(
    fc.asyncProperty(randomNetwork(options), async (snapshot) => {
      const asked = allWays(options).map((way) => ({ way, sourcePort: nextPort() }));
      const network = buildNetwork(snapshot);
      const outcomes = await judge(snapshot, asked);
      const told = asked.map(({ way, sourcePort }, index) => {
        const { verdict } = reach(network, questionOf(way, sourcePort));
        if (verdict === 'reachable' || verdict === 'unreachable') counts[verdict]++;
        return { way, sourcePort, verdict, kernel: outcomes[index] };
      });
      const differ = told.filter(({ verdict, kernel }) => (verdict === 'reachable') !== (kernel === 'open'));
      // On a busy machine an answer may be late, which looks like a packet that was dropped. What is dropped is dropped again.
      const late = differ
        .filter(({ kernel }) => kernel === 'silent')
        .map(({ way }) => ({ way, sourcePort: nextPort() }));
      const again = await Promise.all(
        late.map(({ way, sourcePort }) => linux.connect(way.from, way.to, way.port, sourcePort)),
      );
      const wrong = late.filter(({ way, sourcePort }, index) => {
        const { verdict } = reach(network, questionOf(way, sourcePort));
        return (verdict === 'reachable') !== (again[index] === 'open');
      });
      expect([...differ.filter(({ kernel }) => kernel !== 'silent'), ...wrong]).toEqual([]);
    }),
    { seed, numRuns: runs, endOnFailure: true },
  );
  // Neither answer may be the only one that was ever given.
  expect(Math.min(counts.reachable, counts.unreachable)).toBeGreaterThan(runs);
});

test(`the edits of an unreachable verdict let real packets through (SEED=${seed})`, async () => {
  let mended = 0;
  await fc.assert(
    fc.asyncProperty(randomNetwork(options), fc.constantFrom(...allWays(options)), async (snapshot, way) => {
      const answer = reach(buildNetwork(snapshot), questionOf(way));
      const edits = answer.faults.flatMap((fault) => fault.edits);
      if (answer.verdict === 'reachable' || edits.some(({ kind }) => kind === 'manual')) return;
      const asked = [0, 1].map(() => ({ way, sourcePort: nextPort() }));
      expect(await judge(applyEdits(snapshot, edits), asked)).toEqual(['open', 'open']);
      mended++;
    }),
    { seed, numRuns: runs, endOnFailure: true },
  );
  expect(mended).toBeGreaterThan(runs / 4);
});
