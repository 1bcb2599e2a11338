// answer-checkpoints: what people and hooks say at the checkpoints of a rollout, for each look.
//
//   1. A hook is run once by one deployer; one that takes over from a killed one runs it again.
//   2. On the way back, and after the end, hooks are run and hold nothing: how they ended is told.
import { join } from 'node:path';
import { readApproval } from '@directrix/aws';
import {
  type CheckpointAnswer,
  findWaiting,
  type Hook,
  type HookResult,
  hookId,
  isPassedResult,
  type Phase,
  type RolloutEvent,
  type RolloutPorts,
  type RolloutRecord,
} from '@directrix/rollout';
import { fetchPost } from '@directrix/watch';
import type { Io } from '../io.js';
import type { World } from '../world.js';
import { type HookFacts, runHook } from './run-hook.js';

interface Checkpointing {
  /** The ports with the answers in each observation. */
  wrap(ports: RolloutPorts): RolloutPorts;
  /** Is told each event of the rollout. */
  hear(event: RolloutEvent): void;
  /** Ends when no hook runs any more: none is waited for beyond its deadline. */
  stop(): Promise<void>;
}

interface Request {
  readonly command: string;
  readonly record: RolloutRecord;
  /** For what hooks print. */
  readonly directory: string;
  readonly tell: (event: RolloutEvent) => void;
}

export function answerCheckpoints(io: Io, world: World, { command, record, directory, tell }: Request): Checkpointing {
  const { groupName, rolloutId, from, options } = record;
  const { hooks = [] } = options;
  const running = new Map<string, { result?: HookResult; readonly ended: Promise<void> }>();
  let to = record.to;
  let isGoingBack = record.isGoingBack === true;
  let phase: Phase = record.phase;

  const start = (hook: Hook, onEnd: (result: HookResult) => void = () => undefined) => {
    const id = hookId(hook);
    const known = running.get(id);
    if (known !== undefined) return known;
    const facts: HookFacts = { id: `${rolloutId}:${id}`, command, groupName, rolloutId, from, to };
    const run = async () => {
      const result = await runHook(hook, facts, portsOf(id), io.signal);
      const one = running.get(id);
      if (one !== undefined) one.result = result;
      onEnd(result);
    };
    const one: { result?: HookResult; ended: Promise<void> } = { ended: Promise.resolve() };
    running.set(id, one);
    one.ended = run();
    return one;
  };

  const portsOf = (id: string) => ({
    env: io.env,
    cwd: io.cwd,
    outputFile: join(directory, `hook-${id.replace(/[^\w.-]/g, '-')}.log`),
    post: world.post ?? fetchPost,
    now: () => world.clock.now(),
    // A command is as fast as the wall's clock, whatever the lab's says.
    sleep: (ms: number, signal: AbortSignal) => world.clock.sleep(ms * (world.clock.speed ?? 1), signal),
  });

  const answer = async (current: RolloutRecord): Promise<readonly CheckpointAnswer[]> => {
    const waiting = findWaiting(current);
    if (waiting === undefined) return [];
    if (waiting.kind === 'hook') {
      const { result } = start(waiting.hook);
      return result === undefined ? [] : [{ kind: 'hook', id: waiting.id, result }];
    }
    const said = await readApproval(world.clients, groupName, rolloutId, waiting.phase);
    return said === undefined ? [] : [{ kind: 'approval', id: waiting.id, ...said }];
  };

  const tellFreely =
    ({ when, phase: of, name }: Hook) =>
    (result: HookResult) => {
      const notice = isPassedResult(result)
        ? ({ code: 'HOOK_PASSED', when, phase: of, name } as const)
        : ({ code: 'HOOK_NOT_PASSED', when, phase: of, name, result } as const);
      tell({ kind: 'notice', at: world.clock.now(), rolloutId, notice });
    };
  const runFreely = (when: Hook['when'], of: Phase) => {
    for (const hook of hooks) if (hook.when === when && hook.phase === of) start(hook, tellFreely(hook));
  };

  return {
    wrap: (ports) => ({
      ...ports,
      async observe(current, reportsFor) {
        to = current.to;
        const [answers, observation] = await Promise.all([answer(current), ports.observe(current, reportsFor)]);
        return { ...observation, answers };
      },
    }),
    hear(event) {
      if (event.kind === 'phase') {
        if (isGoingBack) runFreely('after', phase);
        phase = event.phase;
        isGoingBack ||= phase === 'halt' || phase === 'rollBack';
        if (isGoingBack) runFreely('before', phase);
      }
      if (event.kind === 'finished' && event.ending.outcome !== 'needsHuman') runFreely('after', phase);
    },
    async stop() {
      await Promise.all([...running.values()].map(({ ended }) => ended));
    },
  };
}
