// stack operation: a stack on its way, one look at its resources after the other.
//
//   O1. A resource begins when everything that it names is there, and goes when nothing that named it is left.
//   O2. The first failure ends what has not begun; what has been done is undone, the last first, unless the stack says to keep it.
//   O3. What an update replaces or removes stays until everything else has been done: until then there is a way back.
//   O4. It always ends: what does not become ready, or does not go, fails when its time is over.
import type { StackStatus } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../../control-plane/types.js';
import { setResourceStatus, setStackStatus } from '../events.js';
import type { StackDefinition, StackOperation, StackRecord, Work } from '../state.js';
import { evaluateOutputs } from '../template/definition.js';
import { dependenciesOf } from '../template/dependencies.js';
import { stepDepartures } from './departures.js';
import { checkExports, importersOf, publishOutputs } from './exports.js';
import { cancelWork, pollWork, startReturn, startWork } from './resource-work.js';
import { evaluateStack } from './stack-evaluation.js';
import { departure, isMade, isUpdate, type Step, undo } from './step.js';

const MINUTE_MS = 60_000;
const STEP = 'stackStep';
const BY_USER = 'User Initiated';
const BEGINNING: Readonly<Record<StackOperation['kind'], StackStatus>> = {
  create: 'CREATE_IN_PROGRESS',
  update: 'UPDATE_IN_PROGRESS',
  delete: 'DELETE_IN_PROGRESS',
};

interface OperationOptions {
  readonly kind: StackOperation['kind'];
  readonly goal: StackDefinition;
  readonly before?: StackDefinition | undefined;
  readonly onFailure?: StackOperation['onFailure'] | undefined;
  readonly timeoutMinutes?: number | undefined;
  readonly retained?: readonly string[] | undefined;
  readonly token?: string | undefined;
}

/** Begins; the rest happens in time. */
export function beginOperation(stack: StackRecord, options: OperationOptions, context: ControlPlaneContext): void {
  const { kind, goal, before, onFailure = 'ROLLBACK', timeoutMinutes, retained = [], token } = options;
  const failed = stack.operation;
  const operation: StackOperation = {
    operationId: context.ids.uuid(),
    kind,
    phase: kind === 'delete' ? 'delete' : 'apply',
    goal,
    before,
    onFailure,
    deadlineAt: timeoutMinutes === undefined ? undefined : context.now + timeoutMinutes * MINUTE_MS,
    retained,
    token,
    work: [],
    departures: [],
    replaced: new Map(),
    added: new Set(),
    modified: new Map(),
    kept: new Map(),
    failedIds: [],
    isCancelled: false,
  };
  stack.operation = operation;
  setStackStatus(stack, BEGINNING[kind], context, BY_USER);
  if (kind === 'update') inherit(operation, failed);
  if (kind === 'delete') leaveNothing(stack, operation, failed);
  scheduleStep(stack, context);
}

// After an update that failed and was kept, the way back still leads to what was there before it.
function inherit(operation: StackOperation, failed: StackOperation | undefined): void {
  if (failed?.kind !== 'update') return;
  for (const [id, record] of failed.replaced) operation.replaced.set(id, record);
  for (const [id, record] of failed.modified) operation.modified.set(id, record);
  for (const [id, facts] of failed.kept) operation.kept.set(id, facts);
  for (const id of failed.added) operation.added.add(id);
}

// What an operation that was kept or cut off has replaced belongs to the stack too.
function leaveNothing(stack: StackRecord, operation: StackOperation, failed: StackOperation | undefined): void {
  const replaced = [...(failed?.replaced.values() ?? [])].map((one) => departure(one, one.updateReplacePolicy));
  const resources = [...stack.resources.values()].map((one) => departure(one, one.deletionPolicy));
  const pending = (failed?.departures ?? []).filter(({ state }) => state !== 'done');
  const all = [...resources, ...replaced, ...pending.map(({ resource, policy }) => departure(resource, policy))];
  const seen = new Set<unknown>();
  operation.departures = all.filter(({ resource }) => isMade(resource) && !seen.has(resource) && seen.add(resource));
}

/** Goes back once more, after a rollback that failed, leaving `skippedIds` as they are. */
export function continueRollback(
  stack: StackRecord,
  skippedIds: readonly string[],
  token: string | undefined,
  context: ControlPlaneContext,
): void {
  const operation = again(stack, token, context);
  for (const work of operation.work)
    if (work.state === 'failed') work.state = skippedIds.includes(work.logicalId) ? 'done' : 'waiting';
  setStackStatus(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', context, BY_USER);
}

/** Undoes an operation that failed and was kept. */
export function rollBackNow(stack: StackRecord, token: string | undefined, context: ControlPlaneContext): void {
  const operation = again(stack, token, context);
  beginRollback({ stack, operation, context }, BY_USER);
}

function again(stack: StackRecord, token: string | undefined, context: ControlPlaneContext): StackOperation {
  if (stack.operation === undefined) throw new TypeError(`${stack.stackId} has nothing to go back from.`);
  const operation = { ...stack.operation, operationId: context.ids.uuid(), token, isCancelled: false, failedIds: [] };
  stack.operation = operation;
  scheduleStep(stack, context);
  return operation;
}

function scheduleStep(stack: StackRecord, context: ControlPlaneContext): void {
  const event = { service: 'cloudformation', type: 'timer', name: STEP, id: stack.stackId } as const;
  context.schedule(context.now + context.timing.stackStepMs, { ...event, data: stack.operation?.operationId });
}

/** Plays the time of one look at one stack. A look of an operation that is over is ignored. */
export function playStackStep(stackId: string, operationId: unknown, context: ControlPlaneContext): void {
  const stack = context.state.cloudFormation.stacks.get(stackId);
  const operation = stack?.operation;
  if (stack === undefined || operation === undefined || operation.operationId !== operationId) return;
  const step = { stack, operation, context };
  try {
    if (operation.phase === 'apply' || operation.phase === 'rollback') stepWork(step);
    else stepOut(step);
  } finally {
    if (isUnderWay(stack)) scheduleStep(stack, context);
  }
}

export function isUnderWay({ status }: Pick<StackRecord, 'status'>): boolean {
  return status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';
}

// ---- towards the goal

function stepWork(step: Step): void {
  const { stack, operation, context } = step;
  if (operation.work.length === 0 && operation.phase === 'apply') {
    const resources = evaluateStack(stack, operation.goal, context).resources();
    operation.work = Object.keys(resources).map((logicalId) => newWork(logicalId, context.now));
  }
  for (const work of operation.work) if (work.state === 'working') pollWork(step, work);
  const why = reasonToStop(step);
  if (why === undefined && operation.failedIds.length === 0) startWhatIsReady(step);
  if (why !== undefined || operation.failedIds.length > 0) fail(step, why);
  else if (operation.work.every(({ state }) => state === 'done')) finishWork(step);
}

function newWork(logicalId: string, now: number): Work {
  return { logicalId, action: undefined, state: 'waiting', startedAt: now };
}

function reasonToStop({ operation, context }: Step): string | undefined {
  if (operation.phase !== 'apply') return undefined;
  if (operation.isCancelled) return 'Update cancelled by user.';
  const { deadlineAt = Number.POSITIVE_INFINITY } = operation;
  return context.now >= deadlineAt ? 'Stack creation time exceeded the specified timeout.' : undefined;
}

// What is kept is done at once, so that one pass may make others ready.
function startWhatIsReady(step: Step): void {
  const { stack, operation, context } = step;
  if (!operation.work.some(({ state }) => state === 'waiting')) return;
  const isDone = (id: string) => !operation.work.some((one) => one.logicalId === id && one.state !== 'done');
  const evaluation = evaluateStack(stack, operation.goal, context, isDone);
  const dependencies = dependenciesOf(evaluation.resources());
  const isReady = ({ state, logicalId }: Work) =>
    state === 'waiting' && (dependencies.get(logicalId) ?? []).every(isDone);
  let ready = operation.work.filter(isReady);
  while (ready.length > 0) {
    for (const work of ready) {
      if (operation.failedIds.length > 0) return;
      work.startedAt = context.now;
      if (operation.phase === 'rollback') startReturn(step, work);
      else startWork(step, work, { evaluation, dependsOn: dependencies.get(work.logicalId) ?? [] });
    }
    ready = operation.work.filter(isReady);
  }
}

function finishWork(step: Step): void {
  const { stack, operation, context } = step;
  if (operation.phase === 'rollback') {
    beginCleanup(step, 'rollbackCleanup');
    return;
  }
  try {
    const outputs = evaluateOutputs(operation.goal, evaluateStack(stack, operation.goal, context));
    checkExports(stack, outputs, context);
    publishOutputs(stack, outputs, context.state);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    fail(step, error.message);
    return;
  }
  stack.definition = operation.goal;
  if (operation.kind === 'create') end(step, 'CREATE_COMPLETE');
  else beginCleanup(step, 'cleanup');
}

// ---- back again

function fail(step: Step, why: string | undefined): void {
  const { stack, operation, context } = step;
  for (const work of operation.work) cancelWork(step, work);
  const reason = why ?? failedSentence(operation);
  if (operation.phase === 'rollback') {
    setStackStatus(stack, 'UPDATE_ROLLBACK_FAILED', context, reason);
    return;
  }
  if (operation.onFailure === 'DO_NOTHING') {
    setStackStatus(stack, operation.kind === 'create' ? 'CREATE_FAILED' : 'UPDATE_FAILED', context, reason);
    return;
  }
  const what = operation.onFailure === 'DELETE' ? 'Delete' : 'Rollback';
  beginRollback(step, operation.kind === 'create' ? `${reason} ${what} requested by user.` : reason);
}

function failedSentence({ work, failedIds }: StackOperation): string {
  const updated = new Set(work.filter(isUpdate).map(({ logicalId }) => logicalId));
  const sentence = (verb: string, ids: readonly string[]) =>
    ids.length === 0 ? [] : [`The following resource(s) failed to ${verb}: [${ids.join(', ')}].`];
  const created = failedIds.filter((id) => !updated.has(id));
  return [
    ...sentence('create', created),
    ...sentence(
      'update',
      failedIds.filter((id) => updated.has(id)),
    ),
  ].join(' ');
}

function beginRollback(step: Step, reason: string): void {
  const { stack, operation, context } = step;
  operation.failedIds = [];
  if (operation.kind === 'create') {
    operation.phase = operation.onFailure === 'DELETE' ? 'delete' : 'rollbackCleanup';
    const status = operation.phase === 'delete' ? 'DELETE_IN_PROGRESS' : 'ROLLBACK_IN_PROGRESS';
    setStackStatus(stack, status, context, reason);
    for (const record of stack.resources.values()) undo(operation, record);
    return;
  }
  operation.phase = 'rollback';
  setStackStatus(stack, 'UPDATE_ROLLBACK_IN_PROGRESS', context, reason);
  for (const [id, facts] of operation.kept)
    Object.assign(operation.replaced.get(id) ?? operation.modified.get(id) ?? stack.resources.get(id) ?? {}, facts);
  for (const [id, old] of operation.replaced) {
    undo(operation, stack.resources.get(id));
    stack.resources.set(id, old);
    setResourceStatus(stack, old, 'UPDATE_COMPLETE', context);
  }
  for (const id of operation.added) {
    undo(operation, stack.resources.get(id));
    stack.resources.delete(id);
  }
  if (operation.before !== undefined) operation.goal = operation.before;
  operation.work = [...operation.modified.keys()].map((logicalId) => newWork(logicalId, context.now));
}

// ---- out

function beginCleanup({ stack, operation, context }: Step, phase: 'cleanup' | 'rollbackCleanup'): void {
  operation.phase = phase;
  const isForward = phase === 'cleanup';
  setStackStatus(
    stack,
    isForward ? 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS' : 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
    context,
  );
  if (!isForward) return;
  for (const old of operation.replaced.values()) operation.departures.push(departure(old, old.updateReplacePolicy));
  const kept = new Set(operation.work.map(({ logicalId }) => logicalId));
  for (const [id, record] of stack.resources) {
    if (kept.has(id)) continue;
    stack.resources.delete(id);
    if (isMade(record)) operation.departures.push(departure(record, record.deletionPolicy));
  }
}

function stepOut(step: Step): void {
  const { stack, operation, context } = step;
  const inUse = operation.phase === 'delete' ? exportInUse(step) : undefined;
  if (inUse !== undefined) setStackStatus(stack, 'DELETE_FAILED', context, inUse);
  else if (stepDepartures(step)) finishDepartures(step);
}

function exportInUse({ stack, context }: Step): string | undefined {
  for (const { ExportName } of stack.outputs) {
    const importers = ExportName === undefined ? [] : importersOf(ExportName, context);
    const others = importers.filter((name) => name !== stack.stackName);
    if (others.length > 0)
      return `Delete canceled. Cannot delete export ${ExportName} as it is in use by ${others.join(', ')}.`;
  }
  return undefined;
}

function finishDepartures(step: Step): void {
  const { stack, operation, context } = step;
  const { phase, kind, failedIds } = operation;
  const reason = `The following resource(s) failed to delete: [${failedIds.join(', ')}].`;
  if (phase === 'delete' && failedIds.length > 0) setStackStatus(stack, 'DELETE_FAILED', context, reason);
  else if (phase === 'delete') {
    publishOutputs(stack, [], context.state);
    stack.deletedAt = context.now;
    end(step, 'DELETE_COMPLETE');
  } else if (phase === 'cleanup') end(step, 'UPDATE_COMPLETE');
  else if (kind === 'update') end(step, 'UPDATE_ROLLBACK_COMPLETE');
  else if (failedIds.length > 0) setStackStatus(stack, 'ROLLBACK_FAILED', context, reason);
  else end(step, 'ROLLBACK_COMPLETE');
}

function end({ stack, context }: Step, status: StackStatus): void {
  setStackStatus(stack, status, context);
  stack.operation = undefined;
}
