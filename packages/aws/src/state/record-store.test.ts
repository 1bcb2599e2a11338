import type { RolloutRecord } from '@directrix/rollout';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createParameterScript,
  createScriptedClients,
  failWith,
  type Script,
} from '../clients/scripted-clients.fixture.js';
import { acquireLease } from './lease.js';
import { createRecordWriter, loadRecord, tidyRecordParts } from './record-store.js';

const holder = { id: 'here-1', name: 'ann@here', pid: 1 };
const clock = { now: () => 0 };

const plain: RolloutRecord = {
  schema: 2,
  rolloutId: 'r1',
  epoch: 1,
  groupName: 'web',
  startedAt: 0,
  options: {
    surge: 1,
    minHealthyTimeMs: 30_000,
    startTimeoutMs: 300_000,
    progressDeadlineMs: 630_000,
    tickMs: 2_000,
    quarantineTtlMs: 86_400_000,
    isVersionChecked: true,
    bakeMs: 300_000,
  },
  from: { version: '0.149.1', imageId: 'ami-1', launchTemplateVersion: '1' },
  to: { version: '0.149.2', imageId: 'ami-2' },
  original: {
    minSize: 1,
    maxSize: 4,
    desiredCapacity: 2,
    launchTemplate: { launchTemplateId: 'lt-1', launchTemplateName: 'web', version: '1' },
    suspendedProcesses: [],
    instanceIds: [],
  },
  ours: { surge: 0, suspendedProcesses: [], isLaunchTemplatePinned: false, hasCreatedLaunchTemplateVersion: false },
  phase: 'roll',
  phaseSince: 0,
  progressAt: 0,
  instances: {},
  evidence: [],
};

// Random ids: what a compressor cannot guess.
function recordOf(instanceCount: number, phase: RolloutRecord['phase'] = 'roll', seed = 1): RolloutRecord {
  let state = seed;
  const hex = () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state.toString(16).padStart(8, '0');
  };
  const instances = Object.fromEntries(
    Array.from({ length: instanceCount }, () => [
      `i-${hex()}${hex()}`,
      { firstSeenAt: state, reportedVersion: '0.149.2' },
    ]),
  );
  return { ...plain, phase, instances };
}

async function open() {
  const script = createParameterScript(clock);
  const { clients, calls } = createScriptedClients(script);
  const ports = { clients, clock, isProcessGone: () => false };
  const acquire = () => acquireLease(ports, { groupName: 'web', rolloutId: 'r1', command: 'deploy', holder });
  const save = createRecordWriter(clients, await acquire(), 'web');
  return { script, clients, calls, acquire, save };
}

test('a group without a record has none', async () => {
  expect(await loadRecord((await open()).clients, 'web')).toBeUndefined();
});

test.each([3, 100, 1_000])('a record of %i instances comes back as it was', async (count) => {
  const { clients, save } = await open();
  await save(recordOf(count));
  await save(recordOf(count, 'finish'));
  expect(await loadRecord(clients, 'web')).toEqual(recordOf(count, 'finish'));
});

test('a small record is one parameter that a person can read', async () => {
  const { script, save } = await open();
  await save(recordOf(3));
  expect(JSON.parse(script.stored.get('/directrix/groups/web/record') ?? '')).toMatchObject({ phase: 'roll' });
});

test('a record that did not change is not written again', async () => {
  const { calls, save } = await open();
  await save(recordOf(3));
  calls.length = 0;
  await save(recordOf(3));
  expect(calls).toEqual([]);
});

test('a kill at any write leaves the former record or the new one, whole', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 12 }), fc.constantFrom(3, 150, 400), async (survivedWrites, count) => {
      const { script, clients, save } = await open();
      await save(recordOf(200, 'roll'));
      await save(recordOf(200, 'halt'));
      const put = script['ssm:PutParameter'] as (input: object) => object;
      let writes = 0;
      const dying = createScriptedClients({
        ...(script as Script),
        'ssm:PutParameter': (input: object) => {
          if (++writes > survivedWrites) throw failWith('Killed', 'the process is gone');
          return put(input);
        },
      });
      const lease = {
        epoch: 1,
        check: async () => undefined,
        renewIfDue: async () => undefined,
        release: async () => undefined,
      };
      const next = recordOf(count, 'finish', 2);
      const isKilled = await createRecordWriter(
        dying.clients,
        lease,
        'web',
      )(next).then(
        () => false,
        () => true,
      );
      expect(await loadRecord(clients, 'web')).toEqual(isKilled ? recordOf(200, 'halt') : next);
    }),
    { numRuns: 40 },
  );
});

test('a holder whose lease was superseded writes nothing', async () => {
  const { clients, save, acquire } = await open();
  await save(recordOf(3));
  await acquire();
  await expect(save(recordOf(3, 'finish'))).rejects.toMatchObject({ code: 'LEASE_LOST' });
  expect((await loadRecord(clients, 'web'))?.phase).toBe('roll');
});

test('what a large record left behind is cleared once a small one has taken its place', async () => {
  const { script, clients, save } = await open();
  await save(recordOf(400));
  await tidyRecordParts(clients, 'web');
  expect(await loadRecord(clients, 'web')).toEqual(recordOf(400));
  await save(recordOf(3));
  await tidyRecordParts(clients, 'web');
  expect([...script.stored.keys()].filter((name) => name.includes('record-parts'))).toEqual([]);
});

test.each(['', 'no json', '{"schema":7}', '{"schema":"parts","slot":"a","parts":2,"sha256":"x"}'])(
  'a record that cannot be understood (%j) is refused, not guessed',
  async (value) => {
    const { script, clients } = await open();
    script.stored.set('/directrix/groups/web/record', value);
    await expect(loadRecord(clients, 'web')).rejects.toMatchObject({ code: 'RECORD_UNREADABLE' });
  },
);
