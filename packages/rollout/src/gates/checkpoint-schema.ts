// Checkpoint schema: what a record keeps of its checkpoints, checked when it is read again.
import { z } from 'zod';
import type { ApprovalRule, Checkpoints, Hook, HookResult } from '../contract/checkpoint.js';

const text = z.string();
const amount = z.number();

/** A phase that a later release knows is no reason to lose the record. */
const phase = text as unknown as z.ZodType<Hook['phase']>;
const forwardPhase = text as unknown as z.ZodType<ApprovalRule['before'][number]>;

export const approvalRuleSchema: z.ZodType<ApprovalRule> = z.looseObject({
  before: z.array(forwardPhase),
  timeLimitMs: amount,
  ifUnanswered: z.enum(['goBack', 'goOn', 'stop']),
});

export const hookSchema: z.ZodType<Hook> = z.looseObject({
  when: z.enum(['before', 'after']),
  phase,
  name: text,
  deadlineMs: amount,
  action: z.discriminatedUnion('kind', [
    z.looseObject({ kind: z.literal('command'), command: text }),
    z.looseObject({
      kind: z.literal('webhook'),
      url: text.optional(),
      urlFrom: text.optional(),
      secretFrom: text.optional(),
    }),
  ]),
});

export const checkpointsSchema: z.ZodType<Checkpoints> = z.looseObject({
  passed: z.array(text),
  waiting: z.looseObject({ id: text, since: amount }).optional(),
});

export const hookResultSchema: z.ZodType<HookResult> = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('exit'), code: amount }),
  z.looseObject({ kind: z.literal('signal'), signal: text }),
  z.looseObject({ kind: z.literal('status'), status: amount }),
  z.looseObject({ kind: z.literal('timedOut'), afterMs: amount }),
  z.looseObject({ kind: z.literal('notRun'), code: text }),
]);

export const whenSchema = z.enum(['before', 'after']);
export const phaseSchema = phase;
export const forwardPhaseSchema = forwardPhase;
