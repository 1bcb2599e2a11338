// departures: resources on their way out, those first that nobody needs any more.
import { AwsError } from '../../../control-plane/aws-error.js';
import { setResourceStatus } from '../events.js';
import { validationError } from '../refusals.js';
import { resourceTypeOf } from '../resources/index.js';
import type { Departure, StackOperation } from '../state.js';
import { HandlerError, isNotFound, mayPass, reasonOf } from './handler-error.js';
import { openRequest } from './resource-request.js';
import { LONGEST_WORK_MS, type Step } from './step.js';

/** How long something may still be in use before that counts as a failure. */
const LONGEST_CONFLICT_MS = 20 * 60_000;

/** Moves every departure on. True when none can move any more: all are gone, or wait for one that cannot go. */
export function stepDepartures(step: Step): boolean {
  const { departures } = step.operation;
  for (const one of departures) if (one.state === 'working') pollDeparture(step, one);
  for (const one of departures) if (one.state === 'waiting' && isFree(one, step.operation)) startDeparture(step, one);
  return departures.every((one) => isSettled(one) || (one.state === 'waiting' && waitsInVain(one, step.operation)));
}

function isSettled({ state }: Departure): boolean {
  return state === 'done' || state === 'failed';
}

function needsOf(one: Departure, { departures }: StackOperation): readonly Departure[] {
  return departures.filter((other) => other !== one && other.resource.dependsOn.includes(one.resource.logicalId));
}

function isFree(one: Departure, operation: StackOperation): boolean {
  return needsOf(one, operation).every(({ state }) => state === 'done');
}

// What needs it is ordered, so that this ends.
function waitsInVain(one: Departure, operation: StackOperation): boolean {
  return needsOf(one, operation).some(
    (other) => other.state === 'failed' || (other.state === 'waiting' && waitsInVain(other, operation)),
  );
}

function startDeparture(step: Step, one: Departure): void {
  const { stack, operation, context } = step;
  const { resource, policy } = one;
  const type = resourceTypeOf(resource.type);
  if (type === undefined || policy.startsWith('Retain') || operation.retained.includes(resource.logicalId)) {
    one.state = 'done';
    setResourceStatus(stack, resource, 'DELETE_SKIPPED', context);
    return;
  }
  if (one.startedAt === undefined) {
    one.startedAt = context.now;
    setResourceStatus(stack, resource, 'DELETE_IN_PROGRESS', context);
  }
  try {
    type.delete(openRequest(stack, resource, context, { startedAt: one.startedAt }));
    one.state = 'working';
  } catch (error) {
    refuseDeparture(step, one, error);
  }
  if (one.state === 'working') pollDeparture(step, one);
}

function pollDeparture(step: Step, one: Departure): void {
  const { stack, context } = step;
  const { resource, startedAt = context.now } = one;
  try {
    const isGone = resourceTypeOf(resource.type)?.isGone;
    if (isGone === undefined || isGone(openRequest(stack, resource, context, { startedAt }))) {
      depart(step, one);
      return;
    }
    if (context.now - startedAt < LONGEST_WORK_MS) return;
    throw validationError(
      `Resource of type '${resource.type}' with identifier '${resource.physicalId}' did not stabilize.`,
    );
  } catch (error) {
    refuseDeparture(step, one, error);
  }
}

function refuseDeparture(step: Step, one: Departure, error: unknown): void {
  const { stack, operation, context } = step;
  if (error instanceof HandlerError && isNotFound(error.code)) {
    depart(step, one);
    return;
  }
  const since = one.startedAt ?? context.now;
  if (error instanceof HandlerError && mayPass(error.code) && context.now - since < LONGEST_CONFLICT_MS) {
    one.state = 'waiting';
    return;
  }
  one.state = 'failed';
  operation.failedIds.push(one.resource.logicalId);
  const reason = error instanceof AwsError ? reasonOf(error, context.ids) : 'Internal Failure';
  setResourceStatus(stack, one.resource, 'DELETE_FAILED', context, reason);
  if (!(error instanceof AwsError)) throw error;
}

function depart({ stack, context }: Step, one: Departure): void {
  one.state = 'done';
  setResourceStatus(stack, one.resource, 'DELETE_COMPLETE', context);
}
