// resource work: one resource on its way to what the template wants.
import type { ResourceStatus } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../control-plane/aws-error.js';
import { notEmulated } from '../../../control-plane/not-emulated.js';
import { setResourceStatus } from '../events.js';
import { validationError } from '../refusals.js';
import { resourceTypeOf } from '../resources/index.js';
import type { ResourceType } from '../resources/resource-type.js';
import type { ResourceRecord, Work } from '../state.js';
import type { Evaluation } from '../template/evaluation.js';
import { isRecord } from '../template/references.js';
import { awaitsSignals } from './awaits-signals.js';
import { checkProperties } from './check-properties.js';
import { type Action, checkUpdate, decideAction } from './decide-action.js';
import { reasonOf } from './handler-error.js';
import { openRequest } from './resource-request.js';
import { factsOf, isUpdate, isUsable, LONGEST_WORK_MS, type Step, undo } from './step.js';

interface Means {
  /** Of the goal, with what is done already. */
  readonly evaluation: Evaluation;
  readonly dependsOn: readonly string[];
}

/** Decides what the resource needs, and begins it. A failure is the work's, never thrown. */
export function startWork(step: Step, work: Work, means: Means): void {
  const { stack, operation } = step;
  const before = stack.resources.get(work.logicalId);
  const existing = before !== undefined && isUsable(before) ? before : undefined;
  const wanted = wantedResource(step, work.logicalId, means, before);
  if (wanted instanceof AwsError) {
    refuseUnknown(step, work, wanted, existing ?? blankResource(step, work.logicalId, before));
    return;
  }
  const action = chooseAction(step, wanted, existing);
  work.action = action.kind;
  if (existing === undefined) add(step, work, wanted, before);
  else if (action.kind === 'replace') replace(step, work, wanted, existing);
  else if (action.kind === 'modify') modify(step, work, wanted, existing, action.changed);
  else {
    const { added, replaced, modified, kept } = operation;
    if (![added, replaced, modified, kept].some((one) => one.has(work.logicalId)))
      kept.set(work.logicalId, factsOf(existing));
    Object.assign(existing, factsOf(wanted));
    work.state = 'done';
  }
}

function chooseAction({ stack, context }: Step, wanted: ResourceRecord, existing: ResourceRecord | undefined): Action {
  const action = decideAction(existing, wanted);
  if (action.kind !== 'modify' || existing === undefined) return action;
  const asked = openRequest(stack, { ...wanted, physicalId: existing.physicalId }, context, { previous: existing });
  const isReplaced = resourceTypeOf(wanted.type)?.replaces?.(asked, action.changed) === true;
  return isReplaced ? { kind: 'replace', changed: action.changed, because: [] } : action;
}

function add(step: Step, work: Work, wanted: ResourceRecord, before: ResourceRecord | undefined): void {
  const { stack, operation } = step;
  undo(operation, before);
  operation.added.add(work.logicalId);
  stack.resources.set(work.logicalId, wanted);
  begin(step, work, wanted, () => create(step, wanted));
}

function replace(step: Step, work: Work, wanted: ResourceRecord, existing: ResourceRecord): void {
  const { stack, operation } = step;
  const isOurs = operation.replaced.has(work.logicalId) || operation.added.has(work.logicalId);
  if (isOurs) undo(operation, existing);
  else operation.replaced.set(work.logicalId, operation.modified.get(work.logicalId) ?? existing);
  operation.modified.delete(work.logicalId);
  stack.resources.set(work.logicalId, wanted);
  const told = { ...wanted, physicalId: existing.physicalId };
  const why = 'Requested update requires the creation of a new physical resource; hence creating one.';
  setResourceStatus(stack, told, 'UPDATE_IN_PROGRESS', step.context, why);
  act(step, work, wanted, () => {
    checkName(resourceTypeOf(wanted.type), wanted, existing);
    create(step, wanted);
  });
}

function modify(
  step: Step,
  work: Work,
  wanted: ResourceRecord,
  existing: ResourceRecord,
  changed: readonly string[],
): void {
  const { stack, operation, context } = step;
  const previous = { ...existing };
  const isOurs = operation.added.has(work.logicalId) || operation.replaced.has(work.logicalId);
  if (!isOurs && !operation.modified.has(work.logicalId)) operation.modified.set(work.logicalId, previous);
  const { properties, stackTags } = wanted;
  Object.assign(existing, factsOf(wanted), { properties, stackTags });
  begin(step, work, existing, () => {
    const type = requireType(wanted);
    checkProperties(wanted.logicalId, wanted.type, type, properties);
    checkUpdate(wanted.type, type, changed);
    type.update?.(openRequest(stack, existing, context, { previous }));
  });
}

/** Brings a resource that was changed in place back to what it was. */
export function startReturn(step: Step, work: Work): void {
  const { stack, operation, context } = step;
  const record = stack.resources.get(work.logicalId);
  const old = operation.modified.get(work.logicalId);
  if (record === undefined || old === undefined) throw new TypeError(`${work.logicalId} was not changed.`);
  work.action = 'modify';
  const changed = { ...record };
  Object.assign(record, factsOf(old), { properties: old.properties, stackTags: old.stackTags });
  begin(step, work, record, () => {
    requireType(record).update?.(openRequest(stack, record, context, { previous: changed }));
  });
}

function create({ stack, context }: Step, wanted: ResourceRecord): void {
  const type = requireType(wanted);
  checkProperties(wanted.logicalId, wanted.type, type, wanted.properties);
  type.create(openRequest(stack, wanted, context));
}

function requireType({ type }: ResourceRecord): ResourceType {
  const found = resourceTypeOf(type);
  if (found === undefined) throw notEmulated(`the resource type ${type}`);
  return found;
}

function checkName(type: ResourceType | undefined, wanted: ResourceRecord, existing: ResourceRecord): void {
  const name = type?.nameProperty;
  const given = name === undefined ? undefined : wanted.properties[name];
  if (name === undefined || given === undefined || wanted.type !== existing.type) return;
  if (given !== existing.properties[name]) return;
  throw validationError(
    `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${String(given)} and update the stack again.`,
  );
}

interface ResourcePolicies {
  readonly DeletionPolicy?: unknown;
  readonly UpdateReplacePolicy?: unknown;
  readonly UpdatePolicy?: unknown;
  readonly CreationPolicy?: unknown;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** The resource as the goal has it, or why it cannot be worked out. */
function wantedResource(
  step: Step,
  logicalId: string,
  { evaluation, dependsOn }: Means,
  before: ResourceRecord | undefined,
): ResourceRecord | AwsError {
  const resource = step.operation.goal.template.Resources?.[logicalId];
  const policies = (resource ?? {}) as ResourcePolicies;
  try {
    const properties = evaluation.value(resource?.Properties ?? {});
    return {
      ...blankResource(step, logicalId, before),
      properties: recordOf(properties),
      dependsOn,
      deletionPolicy: String(evaluation.value(policies.DeletionPolicy ?? 'Delete')),
      updateReplacePolicy: String(evaluation.value(policies.UpdateReplacePolicy ?? 'Delete')),
      updatePolicy: recordOf(evaluation.value(policies.UpdatePolicy)),
      creationPolicy: recordOf(evaluation.value(policies.CreationPolicy)),
    };
  } catch (error) {
    if (error instanceof AwsError) return error;
    throw error;
  }
}

function blankResource(
  { operation, context }: Step,
  logicalId: string,
  before: ResourceRecord | undefined,
): ResourceRecord {
  const resource = operation.goal.template.Resources?.[logicalId];
  return {
    logicalId,
    type: resource?.Type ?? before?.type ?? '',
    physicalId: undefined,
    properties: {},
    stackTags: operation.goal.tags,
    attributes: {},
    dependsOn: before?.dependsOn ?? [],
    deletionPolicy: before?.deletionPolicy ?? 'Delete',
    updateReplacePolicy: before?.updateReplacePolicy ?? 'Delete',
    updatePolicy: {},
    creationPolicy: {},
    signals: new Map(),
    metadata: resource?.Metadata,
    status: 'CREATE_IN_PROGRESS',
    statusReason: undefined,
    updatedAt: context.now,
  };
}

function refuseUnknown(step: Step, work: Work, why: AwsError, record: ResourceRecord): void {
  const { stack } = step;
  if (record.physicalId !== undefined) work.action = 'modify';
  if (!stack.resources.has(work.logicalId)) stack.resources.set(work.logicalId, record);
  begin(step, work, record, () => {
    throw why;
  });
}

function begin(step: Step, work: Work, record: ResourceRecord, doIt: () => void): void {
  setResourceStatus(step.stack, record, statusOf(work), step.context);
  act(step, work, record, doIt);
}

function statusOf(work: Work): ResourceStatus {
  return isUpdate(work) ? 'UPDATE_IN_PROGRESS' : 'CREATE_IN_PROGRESS';
}

function act(step: Step, work: Work, record: ResourceRecord, doIt: () => void): void {
  record.status = statusOf(work);
  try {
    doIt();
  } catch (error) {
    refuse(step, work, record, error);
    return;
  }
  if (work.action !== 'modify')
    setResourceStatus(step.stack, record, statusOf(work), step.context, 'Resource creation Initiated');
  work.state = 'working';
}

// What is no refusal is an error of ours: the resource fails, and the error goes on to whoever is told of those.
function refuse({ stack, operation, context }: Step, work: Work, record: ResourceRecord, error: unknown): void {
  const reason = error instanceof AwsError ? reasonOf(error, context.ids) : 'Internal Failure';
  work.state = 'failed';
  operation.failedIds.push(work.logicalId);
  setResourceStatus(stack, record, isUpdate(work) ? 'UPDATE_FAILED' : 'CREATE_FAILED', context, reason);
  if (!(error instanceof AwsError)) throw error;
}

/** Looks whether what was begun is there. */
export function pollWork(step: Step, work: Work): void {
  const { stack, operation, context } = step;
  const record = stack.resources.get(work.logicalId);
  if (record === undefined) throw new TypeError(`${work.logicalId} is not under way.`);
  const type = requireType(record);
  const previous = operation.modified.get(work.logicalId);
  const request = openRequest(stack, record, context, { startedAt: work.startedAt, previous });
  try {
    const isWorking = type.progress?.(request) === 'working' || awaitsSignals(step, record, work);
    if (isWorking) {
      if (context.now - work.startedAt < LONGEST_WORK_MS) return;
      throw validationError(
        `Resource of type '${record.type}' with identifier '${record.physicalId}' did not stabilize.`,
      );
    }
    record.attributes = type.attributes?.(request) ?? {};
  } catch (error) {
    refuse(step, work, record, error);
    return;
  }
  work.state = 'done';
  setResourceStatus(stack, record, isUpdate(work) ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE', context);
}

/** Lets go of what is under way, because something else has failed. */
export function cancelWork({ stack, operation, context }: Step, work: Work): void {
  const record = stack.resources.get(work.logicalId);
  if (work.state !== 'working' || record === undefined) return;
  work.state = 'failed';
  operation.failedIds.push(work.logicalId);
  const what = isUpdate(work) ? 'update' : 'creation';
  setResourceStatus(
    stack,
    record,
    isUpdate(work) ? 'UPDATE_FAILED' : 'CREATE_FAILED',
    context,
    `Resource ${what} cancelled`,
  );
}
