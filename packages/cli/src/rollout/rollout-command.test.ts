// How a rollout's command ends when something fails that nobody expected: exit code 2 says that nothing was changed.
import { SSMClient } from '@aws-sdk/client-ssm';
import { DirectrixError, type RolloutRecord } from '@directrix/rollout';
import { describe, expect, test } from 'vitest';
import type { CommandContext } from '../command-context.js';
import { createTestIo, type RecordedIo } from '../io.fixture.js';
import type { RolloutDocument } from '../view/rollout-document.js';
import type { World } from '../world.js';
import { conductRollout, type RolloutRequest } from './conduct-rollout.js';
import { performRollout } from './rollout-command.js';

const defect = new TypeError('a defect');
const refused = new DirectrixError('GROUP_NOT_FOUND', 'There is no group web.');

interface Case {
  readonly name: string;
  /** What Parameter Store answers when the lease is asked for. */
  readonly lease?: Error;
  begin(): ReturnType<RolloutRequest['begin']>;
  readonly code: number;
  readonly outcome: string;
  readonly error: string;
}

const cases: readonly Case[] = [
  {
    name: 'the lease is refused',
    lease: new DirectrixError('GROUP_BUSY', 'Somebody has it.'),
    begin: () => Promise.reject(defect),
    code: 2,
    outcome: 'refused',
    error: 'GROUP_BUSY',
  },
  {
    name: 'the look under the lease refuses',
    begin: () => Promise.reject(refused),
    code: 2,
    outcome: 'refused',
    error: 'GROUP_NOT_FOUND',
  },
  {
    name: 'a defect while the record is made',
    begin: () => Promise.reject(defect),
    code: 3,
    outcome: 'needsHuman',
    error: 'UNEXPECTED',
  },
  {
    name: 'a defect around the run',
    begin: async () => recordThatThrows(defect),
    code: 3,
    outcome: 'needsHuman',
    error: 'UNEXPECTED',
  },
  {
    name: 'an explained error around the run',
    begin: async () => recordThatThrows(refused),
    code: 3,
    outcome: 'needsHuman',
    error: 'GROUP_NOT_FOUND',
  },
];

describe('only what is known to be refused ends with exit code 2', () => {
  test.each(cases)('$name: exit code $code', async ({ lease, begin, code, outcome, error }) => {
    const { io, codes, context } = contextOf();
    const world = worldOf(lease);
    await performRollout(context, request, () =>
      conductRollout(io, world, {
        ...request,
        rolloutId: 'r',
        journalFile: '/dev/null/none',
        reports: {} as RolloutRequest['reports'],
        begin,
      }),
    );
    expect(codes.at(-1)).toBe(code);
    expect(JSON.parse(io.written.stdout)).toMatchObject({ outcome, group: 'web', error: { code: error } });
    expect(io.written.stderr).toContain(`error ${error}: `);
  });

  test('a document that cannot be told ends with exit code 3', async () => {
    const { io, codes, context } = contextOf();
    const document = { outcome: 'done' } as RolloutDocument;
    await performRollout(context, { ...request, json: false }, async () => document);
    expect(codes.at(-1)).toBe(3);
    expect(io.written.stderr).toContain('error UNEXPECTED: ');
  });
});

const request = { command: 'deploy', groupName: 'web', json: true };

function contextOf(): { io: RecordedIo; codes: number[]; context: CommandContext } {
  const io = createTestIo();
  const codes: number[] = [];
  return { io, codes, context: { io, argv: [], world: worldOf(), setExitCode: (code) => codes.push(code) } };
}

/** Parameter Store is empty and takes everything, or answers every call with `failure`. */
function worldOf(failure?: Error): World {
  const ssm = new SSMClient({ region: 'us-west-2' });
  ssm.send = async () => {
    if (failure !== undefined) throw failure;
    return { Parameters: [], $metadata: {} };
  };
  return {
    clients: { ssm },
    clock: { now: () => 0 },
    holder: { id: 'h', name: 'me@here', pid: 1 },
    isProcessGone: () => false,
  } as unknown as World;
}

/** The first use of it throws `error`. */
function recordThatThrows(error: Error): RolloutRecord {
  return new Proxy({} as RolloutRecord, {
    get(_, name) {
      // A promise asks whether its value is one too.
      if (name === 'then') return undefined;
      throw error;
    },
  });
}
