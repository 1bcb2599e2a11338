// Checkpoint: what must be passed before a phase begins, or after it ends: a person's approval, a hook.
//
//   1. It holds the way forward only. On the way back nothing is asked of anybody.
//   2. What was passed once is passed for the whole rollout: a phase that begins again asks nothing again.
//   3. Every wait ends: an approval has a time limit and what happens at it, a hook has a deadline.
//   4. Waiting for a person or a hook is no standstill of the release.
import type { ApprovalRule, CheckpointAnswer, ForwardPhase, Hook, HookResult } from '../contract/checkpoint.js';
import type { Evidence } from '../contract/evidence.js';
import type { Hold } from '../contract/hold.js';
import type { Need } from '../contract/need.js';
import type { Notice } from '../contract/notice.js';
import type { Phase } from '../contract/phase.js';
import type { Observation } from '../observation.js';
import type { RolloutRecord } from '../record.js';

const order: Readonly<Record<ForwardPhase, number>> = { prove: 1, canary: 2, roll: 3, bake: 4, finish: 5 };

/** In their order. */
export const forwardPhases = Object.keys(order) as readonly ForwardPhase[];

export type Checkpoint =
  | { readonly kind: 'approval'; readonly id: string; readonly phase: ForwardPhase; readonly rule: ApprovalRule }
  | { readonly kind: 'hook'; readonly id: string; readonly hook: Hook };

type Passage =
  | { readonly kind: 'open'; readonly record: RolloutRecord; readonly notices: readonly Notice[] }
  | {
      readonly kind: 'closed';
      readonly record: RolloutRecord;
      readonly notices: readonly Notice[];
      readonly hold: Hold;
    }
  | {
      readonly kind: 'refused';
      readonly record: RolloutRecord;
      readonly notices: readonly Notice[];
      readonly evidence: Evidence;
    }
  | {
      readonly kind: 'asked';
      readonly record: RolloutRecord;
      readonly notices: readonly Notice[];
      readonly need: Need;
    };

export function isPassedResult(result: HookResult): boolean {
  if (result.kind === 'exit') return result.code === 0;
  return result.kind === 'status' && result.status >= 200 && result.status <= 299;
}

/** `approve:finish`. */
export function approvalId(phase: ForwardPhase): string {
  return `approve:${phase}`;
}

/** `before:roll:migrate`. Names of the hooks of one phase differ. */
export function hookId({ when, phase, name }: Hook): string {
  return `${when}:${phase}:${name}`;
}

/** The checkpoint that the rollout waits at now. */
export function findWaiting(record: RolloutRecord): (Checkpoint & { readonly since: number }) | undefined {
  const { waiting } = record.checkpoints ?? {};
  if (waiting === undefined || record.isGoingBack === true) return undefined;
  const found = listAll(record).find(({ id }) => id === waiting.id);
  return found && { ...found, since: waiting.since };
}

function listAll({ options }: RolloutRecord): readonly Checkpoint[] {
  return [
    ...(options.hooks ?? []).map((hook): Checkpoint => ({ kind: 'hook', id: hookId(hook), hook })),
    ...(options.approvals?.before ?? []).map((phase) => approvalOf(phase, options.approvals as ApprovalRule)),
  ];
}

function approvalOf(phase: ForwardPhase, rule: ApprovalRule): Checkpoint {
  return { kind: 'approval', id: approvalId(phase), phase, rule };
}

/** What lies between two phases, in order. `from` undefined: the rollout begins. An approval of a phase that is left out counts for the next. */
function listBetween({ options }: RolloutRecord, from: Phase | undefined, to: Phase): readonly Checkpoint[] {
  const hooks = (when: Hook['when'], phase: Phase | undefined) =>
    (options.hooks ?? [])
      .filter((hook) => hook.when === when && hook.phase === phase)
      .map((hook): Checkpoint => ({ kind: 'hook', id: hookId(hook), hook }));
  const rule = options.approvals;
  const approvals =
    rule === undefined
      ? []
      : forwardPhases
          .filter((phase) => rule.before.includes(phase) && order[phase] <= orderOf(to) && order[phase] > orderOf(from))
          .map((phase) => approvalOf(phase, rule));
  // Back to a phase of before, nothing ends.
  const ended = orderOf(to) > orderOf(from) ? hooks('after', from) : [];
  return [...ended, ...approvals, ...hooks('before', to)];
}

function orderOf(phase: Phase | undefined): number {
  return phase === undefined || phase === 'halt' || phase === 'rollBack' ? 0 : order[phase];
}

/** What the rollout waits at, for whoever only reads its record. */
export function holdAtCheckpoint(record: RolloutRecord, at: number): Hold | undefined {
  const waiting = findWaiting(record);
  if (waiting === undefined) return undefined;
  const judged =
    waiting.kind === 'approval'
      ? judgeApproval(record, waiting, undefined, waiting.since, at)
      : judgeHook(record, waiting, undefined, waiting.since, at);
  return judged.kind === 'closed' ? judged.hold : undefined;
}

/** Whether the way from one phase to the next is open, and what was found out on the way. */
export function passCheckpoints(
  given: RolloutRecord,
  { at, answers = [] }: Pick<Observation, 'at' | 'answers'>,
  from: Phase | undefined,
  to: Phase,
): Passage {
  let record = given;
  const notices: Notice[] = [];
  for (const checkpoint of listBetween(record, from, to)) {
    if (record.checkpoints?.passed.includes(checkpoint.id)) continue;
    const answer = answers.find(({ id }) => id === checkpoint.id);
    const since = record.checkpoints?.waiting?.id === checkpoint.id ? record.checkpoints.waiting.since : undefined;
    if (since === undefined) notices.push(...announce(checkpoint, at));
    record = waitAt(record, checkpoint.id, since ?? at, at);
    const found =
      checkpoint.kind === 'approval'
        ? judgeApproval(record, checkpoint, answer, since ?? at, at)
        : judgeHook(record, checkpoint, answer, since ?? at, at);
    if (found.kind !== 'passed') return { ...found, record, notices };
    notices.push(found.notice);
    record = pass(record, checkpoint.id, at);
  }
  return { kind: 'open', record, notices };
}

function announce(checkpoint: Checkpoint, at: number): readonly Notice[] {
  if (checkpoint.kind === 'hook') return [];
  const { phase, rule } = checkpoint;
  return [{ code: 'APPROVAL_NEEDED', phase, untilAt: at + rule.timeLimitMs, ifUnanswered: rule.ifUnanswered }];
}

function waitAt(record: RolloutRecord, id: string, since: number, at: number): RolloutRecord {
  const { passed = [], waiting } = record.checkpoints ?? {};
  const isSame = waiting?.id === id && waiting.since === since;
  return { ...record, heldAt: at, ...(isSame ? {} : { checkpoints: { passed, waiting: { id, since } } }) };
}

function pass(record: RolloutRecord, id: string, at: number): RolloutRecord {
  return { ...record, progressAt: at, checkpoints: { passed: [...(record.checkpoints?.passed ?? []), id] } };
}

type Judgement =
  | { readonly kind: 'passed'; readonly notice: Notice }
  | { readonly kind: 'closed'; readonly hold: Hold }
  | { readonly kind: 'refused'; readonly evidence: Evidence }
  | { readonly kind: 'asked'; readonly need: Need };

function judgeApproval(
  { from, to }: RolloutRecord,
  { phase, rule }: Checkpoint & { readonly kind: 'approval' },
  answer: CheckpointAnswer | undefined,
  since: number,
  at: number,
): Judgement {
  if (answer?.kind === 'approval') {
    const { by, reason } = answer;
    if (answer.isApproved) return { kind: 'passed', notice: { code: 'APPROVED', phase, by, reason } };
    return { kind: 'refused', evidence: { code: 'APPROVAL_REJECTED', at, instanceIds: [], phase, by, reason } };
  }
  const waitedMs = at - since;
  const untilAt = since + rule.timeLimitMs;
  if (at < untilAt)
    return {
      kind: 'closed',
      hold: { code: 'APPROVAL_AWAITED', phase, waitedMs, allowedMs: rule.timeLimitMs, untilAt },
    };
  switch (rule.ifUnanswered) {
    case 'goOn':
      return { kind: 'passed', notice: { code: 'APPROVAL_TAKEN', phase, waitedMs } };
    case 'goBack':
      return { kind: 'refused', evidence: { code: 'APPROVAL_UNANSWERED', at, instanceIds: [], phase, waitedMs } };
    case 'stop':
      return {
        kind: 'asked',
        need: { code: 'APPROVAL_UNANSWERED', phase, waitedMs, fromVersion: from.version, toVersion: to.version },
      };
  }
}

function judgeHook(
  { options }: RolloutRecord,
  { hook }: Checkpoint & { readonly kind: 'hook' },
  answer: CheckpointAnswer | undefined,
  since: number,
  at: number,
): Judgement {
  const { when, phase, name, deadlineMs } = hook;
  // Whoever runs it ends it at its deadline; that nobody says so has an end of its own.
  const isForgotten = at - since >= deadlineMs + options.progressDeadlineMs;
  const result =
    answer?.kind === 'hook'
      ? answer.result
      : isForgotten
        ? ({ kind: 'timedOut', afterMs: at - since } as const)
        : undefined;
  if (result === undefined) {
    const progress = { waitedMs: at - since, allowedMs: deadlineMs, untilAt: since + deadlineMs };
    return { kind: 'closed', hold: { code: 'HOOK_RUNNING', when, phase, name, ...progress } };
  }
  if (isPassedResult(result)) return { kind: 'passed', notice: { code: 'HOOK_PASSED', when, phase, name } };
  return { kind: 'refused', evidence: { code: 'HOOK_FAILED', at, instanceIds: [], when, phase, name, result } };
}
