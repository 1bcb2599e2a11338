// Record schema: what a stored record must look like before anything is done because of it.
//
//   1. A record of an older schema is brought up to the present one; one of a newer schema is refused by name.
//   2. Keys that this version does not know are kept: a newer Directrix may have written them.
//   3. The types in record.ts and contract/ are the owners; the compiler holds the schemas to them.
import { z } from 'zod';
import { type CanaryPlan, canaryShareLeast, canaryShareMost, type ForwardPlace } from './canary-plan.js';
import { actKinds } from './contract/act-kind.js';
import { relayCode } from './contract/error-code.js';
import type { Evidence } from './contract/evidence.js';
import { type Failure, failureKinds } from './contract/failure.js';
import type { Need } from './contract/need.js';
import type { ProofObstacle } from './contract/notice.js';
import type { InstanceState } from './contract/target-state.js';
import { DirectrixError } from './error.js';
import {
  approvalRuleSchema,
  checkpointsSchema,
  forwardPhaseSchema,
  hookResultSchema,
  hookSchema,
  phaseSchema,
  whenSchema,
} from './gates/checkpoint-schema.js';
import {
  alarmGateSchema,
  namedAlarmsSchema,
  requestGateSchema,
  requestNumbersSchema,
  requestWatchSchema,
  trafficGateSchema,
  trafficNumbersSchema,
} from './gates/gate-schema.js';
import type { Canary, CapacityChange, ForwardLoan, InstanceRecord, KeptWarm, RolloutRecord } from './record.js';
import type { Proof, Shadow, ShadowPlace } from './shadow.js';

const time = z.number();
const count = z.number().int();
const id = z.string().min(1);
const text = z.string();

const actKind = z.enum(actKinds);

const failure: z.ZodType<Failure> = z.looseObject({
  kind: z.enum(failureKinds),
  code: text.transform(relayCode),
  action: text.optional(),
  awsCode: text.optional(),
  text,
});

const healthCheck = z.looseObject({
  targetGroupName: text,
  protocol: text,
  port: text,
  path: text.optional(),
  matcher: text.optional(),
});
const instanceStateShape = {
  instanceId: id,
  lifecycleState: text,
  targets: z.array(
    z.looseObject({
      targetGroupName: text,
      state: text,
      reason: text.optional(),
      description: text.optional(),
    }),
  ),
};
const instanceState: z.ZodType<InstanceState> = z.looseObject(instanceStateShape);

const gateName = z.enum(['requests', 'alarms', 'traffic']);

const proofObstacle: z.ZodType<ProofObstacle> = z.discriminatedUnion('code', [
  z.looseObject({ code: z.literal('NO_LISTENER') }),
  z.looseObject({ code: z.literal('NETWORK_LOAD_BALANCER') }),
  z.looseObject({ code: z.literal('REFUSED'), act: actKind, failure }),
  z.looseObject({ code: z.literal('SHADOW_GONE') }),
  z.looseObject({ code: z.literal('INSTANCE_ENDED'), instanceId: text.optional(), stateReason: text.optional() }),
]);

const forwardPlace: z.ZodType<ForwardPlace> = z.looseObject({ listenerArn: id, ruleArn: id.optional() });

const seen = { at: time, instanceIds: z.array(id) };
const status = text.optional();
const evidenceVariants = z.discriminatedUnion('code', [
  z.looseObject({
    code: z.literal('WRONG_VERSION'),
    ...seen,
    expected: text,
    shown: z.array(z.looseObject({ instanceId: id, version: text })),
  }),
  z.looseObject({
    code: z.literal('WRONG_IMAGE'),
    ...seen,
    expected: text,
    shown: z.array(z.looseObject({ instanceId: id, imageId: text, launchTemplateVersion: text.optional() })),
  }),
  z.looseObject({
    code: z.literal('INSTANCE_LOST'),
    ...seen,
    shown: z.array(z.looseObject({ instanceId: id, aliveMs: time, cause: text.optional() })),
  }),
  z.looseObject({
    code: z.literal('UNHEALTHY_AGAIN'),
    ...seen,
    shown: z.array(z.looseObject({ ...instanceStateShape, unhealthyMs: time, dipCount: count, status })),
  }),
  z.looseObject({
    code: z.literal('START_TIMEOUT'),
    ...seen,
    allowedMs: time,
    healthChecks: z.array(healthCheck).optional(),
    shown: z.array(z.looseObject({ ...instanceStateShape, waitedMs: time, status })),
  }),
  z.looseObject({
    code: z.literal('VERSION_NOT_REPORTED'),
    ...seen,
    expected: text,
    shown: z.array(z.looseObject({ instanceId: id, healthyMs: time, version: text.optional(), status })),
  }),
  z.looseObject({ code: z.literal('LAUNCH_FAILED'), ...seen, launchTemplateVersion: text, awsText: text }),
  z.looseObject({
    code: z.literal('PROGRESS_DEADLINE'),
    ...seen,
    version: text,
    waitedMs: time,
    provenCount: count,
    desiredCapacity: count,
    launchFailure: text.optional(),
  }),
  z.looseObject({
    code: z.literal('APPLY_FAILED'),
    ...seen,
    act: actKind,
    count,
    durationMs: time,
    failure,
  }),
  z.looseObject({
    code: z.enum(['REQUESTS_FAILING', 'REQUESTS_SLOW']),
    ...seen,
    version: text,
    test: z.enum(['comparison', 'change']),
    numbers: requestNumbersSchema,
  }),
  z.looseObject({
    code: z.literal('PROOF_FAILED'),
    ...seen,
    version: text,
    paths: z.array(z.looseObject({ path: text, what: z.enum(['failing', 'slow']), requests: count, failures: count })),
    examples: z.array(z.looseObject({ path: text, statusCode: count.optional(), trouble: text.optional() })),
  }),
  z.looseObject({
    code: z.enum(['CANARY_FAILING', 'CANARY_SLOW']),
    ...seen,
    version: text,
    numbers: trafficNumbersSchema,
  }),
  z.looseObject({
    code: z.literal('CANARY_NO_DATA'),
    ...seen,
    version: text,
    gates: z.array(gateName),
    share: z.number(),
    waitedMs: time,
    requests: count,
  }),
  z.looseObject({ code: z.literal('CANARY_IMPOSSIBLE'), ...seen, because: proofObstacle }),
  z.looseObject({ code: z.literal('LISTENER_CHANGED'), ...seen, place: forwardPlace }),
  z.looseObject({ code: z.literal('ALARM_RAISED'), ...seen, alarms: namedAlarmsSchema }),
  z.looseObject({
    code: z.literal('HOOK_FAILED'),
    ...seen,
    when: whenSchema,
    phase: phaseSchema,
    name: text,
    result: hookResultSchema,
  }),
  z.looseObject({
    code: z.literal('APPROVAL_REJECTED'),
    ...seen,
    phase: forwardPhaseSchema,
    by: text,
    reason: text.optional(),
  }),
  z.looseObject({ code: z.literal('APPROVAL_UNANSWERED'), ...seen, phase: forwardPhaseSchema, waitedMs: time }),
  z.looseObject({ code: z.literal('ABORTED'), ...seen, reason: text }),
  z.looseObject({ code: z.literal('RECORDED_EARLIER'), ...seen, recordedCode: text, text }),
]);
const evidence: z.ZodType<Evidence> = evidenceVariants;

const need: z.ZodType<Need> = z.discriminatedUnion('code', [
  z.looseObject({ code: z.literal('APPLY_FAILED'), act: actKind, count, failure }),
  z.looseObject({ code: z.literal('OBSERVE_FAILED'), waitedMs: time, failure }),
  z.looseObject({
    code: z.literal('LAUNCH_TEMPLATE_CHANGED'),
    seenVersion: text,
    ourVersion: text,
    fromVersion: text,
    toVersion: text,
  }),
  z.looseObject({
    code: z.literal('FOREIGN_INSTANCES'),
    instanceIds: z.array(id),
    roundCount: count,
    version: text,
  }),
  z.looseObject({
    code: z.literal('GATE_NO_DATA'),
    gates: z.array(gateName),
    waitedMs: time,
    fromVersion: text,
    toVersion: text,
  }),
  z.looseObject({
    code: z.literal('FINISH_DEADLINE'),
    waitedMs: time,
    warmCount: count,
    launchTemplateVersion: text.optional(),
    suspendedProcesses: z.array(text),
  }),
  z.looseObject({
    code: z.literal('ROLLBACK_DEADLINE'),
    waitedMs: time,
    version: text,
    oldServingCount: count,
    wanted: count,
    servingCount: count,
    newCount: count,
    warmCount: count,
    pinnedVersion: text.optional(),
  }),
  z.looseObject({
    code: z.literal('OLD_NOT_SERVING'),
    version: text,
    servingCount: count,
    wanted: count,
    shown: z.array(instanceState),
  }),
  z.looseObject({ code: z.literal('GROUP_REPLACED'), recordedArn: text, seenArn: text }),
  z.looseObject({
    code: z.literal('LAUNCH_TEMPLATE_REPLACED'),
    recordedId: text,
    goodVersion: text.optional(),
    seenId: text.optional(),
  }),
  z.looseObject({
    code: z.literal('SIZES_CHANGED'),
    minSize: count,
    maxSize: count,
    originalMinSize: count,
    originalMaxSize: count,
    wanted: count,
    oldCount: count,
  }),
  z.looseObject({ code: z.literal('PROCESS_SUSPENDED'), processes: z.array(text) }),
  z.looseObject({
    code: z.literal('TARGETS_NOT_REGISTERED'),
    targetGroups: z.array(z.looseObject({ name: text, targetGroupArn: text, instanceIds: z.array(id) })),
  }),
  z.looseObject({
    code: z.literal('TARGET_GROUP_NOT_IN_USE'),
    targetGroups: z.array(z.looseObject({ name: text, targetGroupArn: text })),
  }),
  z.looseObject({
    code: z.literal('HEALTH_CHECK_CHANGED'),
    changes: z.array(z.looseObject({ targetGroupArn: text, before: healthCheck, now: healthCheck })),
  }),
  z.looseObject({
    code: z.literal('LAUNCH_SOURCE_GONE'),
    launchTemplateId: text,
    launchTemplateVersion: text,
    imageId: text,
    awsText: text.optional(),
  }),
  z.looseObject({ code: z.literal('APPLY_DELAYED'), act: actKind, waitedMs: time, failure }),
  z.looseObject({
    code: z.literal('POINT_BACK_REFUSED'),
    goodVersion: text,
    launchTemplateId: text.optional(),
    launchTemplateVersion: text,
    seenVersion: text.optional(),
    failure,
    isLaunchSuspended: z.boolean(),
  }),
  z.looseObject({
    code: z.literal('GIVE_BACK_REFUSED'),
    left: z.array(z.looseObject({ act: actKind, failure })),
  }),
  z.looseObject({
    code: z.literal('PART_UNREADABLE'),
    waitedMs: time,
    parts: z.array(
      z.looseObject({
        part: z.enum(['activities', 'instances', 'launchTemplate', 'targetGroups', 'targetHealth', 'reports']),
        subject: text.optional(),
        failure,
      }),
    ),
  }),
  z.looseObject({
    code: z.literal('NEW_NOT_SERVING'),
    version: text,
    waitedMs: time,
    provenCount: count,
    wanted: count,
    shown: z.array(instanceState),
  }),
  z.looseObject({
    code: z.literal('AUDIT_FAILED'),
    version: text,
    instanceIds: z.array(id),
    shown: z.array(
      z.looseObject({
        instanceId: id,
        what: z.enum(['launchTemplateVersion', 'image', 'report']),
        expected: text,
        found: text.optional(),
      }),
    ),
  }),
  z.looseObject({
    code: z.literal('APPROVAL_UNANSWERED'),
    phase: forwardPhaseSchema,
    waitedMs: time,
    fromVersion: text,
    toVersion: text,
  }),
  z.looseObject({ code: z.literal('RECORDED_EARLIER'), recordedCode: text, text }),
]);

const release = { version: text, imageId: text };

const temporarySize = z.looseObject({ original: count, during: count, ordered: z.array(count).optional() });

const change = { at: time, isConfirmed: z.boolean() };
const idsChange = {
  ...change,
  instanceIds: z.array(id),
  isCounted: z.boolean(),
  unseenCount: count.optional(),
};
const capacityChange: z.ZodType<CapacityChange> = z.discriminatedUnion('kind', [
  z.looseObject({
    ...change,
    kind: z.literal('setDesired'),
    from: count,
    to: count,
    shift: count.optional(),
    seen: z.looseObject({ desiredCapacity: count, count }).optional(),
  }),
  z.looseObject({ ...idsChange, kind: z.enum(['enterStandby', 'exitStandby', 'quarantine', 'terminate', 'attach']) }),
]);

const instanceRecord: z.ZodType<InstanceRecord> = z.looseObject({
  firstSeenAt: time,
  healthySince: time.optional(),
  reportedVersion: text.optional(),
  verifiedAt: time.optional(),
  quarantinedAt: time.optional(),
  reportedStatus: text.optional(),
  launchTemplateVersion: text.optional(),
  lifecycleState: text.optional(),
  unhealthySince: time.optional(),
  dipCount: count.optional(),
  warmAt: time.optional(),
  revivedAt: time.optional(),
  joinedAt: time.optional(),
  leftAt: time.optional(),
  inServiceAt: time.optional(),
  lostAt: time.optional(),
  foundCount: count.optional(),
  stateReason: text.optional(),
  isUnchecked: z.boolean().optional(),
  checkedAt: time.optional(),
  unexplainedCount: count.optional(),
  missedCount: count.optional(),
  interruptedAt: time.optional(),
});

const shadowPlace: z.ZodType<ShadowPlace> = z.looseObject({ listenerArn: id, targetGroupArn: id, token: id });

const outsideInstance = z.looseObject({
  availabilityZone: text,
  instanceId: id.optional(),
  unseenCount: count.optional(),
});

const shadow: z.ZodType<Shadow> = z.looseObject({
  route: z.looseObject({ targetGroupArn: text.optional() }).optional(),
  instance: outsideInstance.optional(),
  others: z.record(text, outsideInstance).optional(),
});

const canaryPlan: z.ZodType<CanaryPlan> = z.looseObject({
  steps: z
    .array(z.looseObject({ share: z.number().min(canaryShareLeast).max(canaryShareMost), forMs: time.nonnegative() }))
    .min(1),
  instanceCount: count.min(1),
  place: forwardPlace,
  originalWeight: count.optional(),
});

const forwardLoan: z.ZodType<ForwardLoan> = z.looseObject({
  original: z.looseObject({
    targetGroupArn: id,
    weight: count.optional(),
    order: count.optional(),
    stickiness: z.looseObject({ isEnabled: z.boolean().optional(), durationSeconds: count.optional() }).optional(),
  }),
  targetGroupArn: id,
  ordered: z.array(z.number()),
  inForce: z.looseObject({ share: z.number(), at: time }).optional(),
  otherCount: count.optional(),
});

const proof: z.ZodType<Proof> = z.looseObject({
  launchedAt: time.optional(),
  runningSince: time.optional(),
  healthySince: time.optional(),
  unhealthySince: time.optional(),
  dipCount: count.optional(),
  lost: z.looseObject({ at: time, instanceState: text, cause: text.optional() }).optional(),
  reportedVersion: text.optional(),
  reportedStatus: text.optional(),
  paths: z
    .record(
      text,
      z.looseObject({
        requests: count,
        failures: count,
        failingSince: time.optional(),
        slowSince: time.optional(),
        slowInARow: count.optional(),
      }),
    )
    .optional(),
  strangers: count.optional(),
  unconnected: count.optional(),
  examples: z.array(z.looseObject({ path: text, statusCode: count.optional(), trouble: text.optional() })).optional(),
  verdict: z.enum(['proved', 'byHealthAlone']).optional(),
});

const keptWarm: z.ZodType<KeptWarm> = z.looseObject({
  rolloutId: id,
  release: z.looseObject({ ...release, launchTemplateVersion: id }),
  instanceIds: z.array(id),
  untilAt: time,
});

const canary: z.ZodType<Canary> = z.looseObject({
  step: count,
  since: time.optional(),
  changedAts: z.array(time).optional(),
  others: z.record(id, proof).optional(),
  verdict: z.literal('passed').optional(),
  backAt: time.optional(),
});

const recordSchema: z.ZodType<RolloutRecord> = z.looseObject({
  schema: z.literal(2),
  rolloutId: id,
  epoch: count,
  groupName: id,
  startedAt: time,
  options: z.looseObject({
    surge: count.min(1),
    minHealthyTimeMs: time,
    startTimeoutMs: time,
    progressDeadlineMs: time,
    tickMs: time.positive(),
    quarantineTtlMs: time,
    isVersionChecked: z.boolean(),
    isMaxSizeLent: z.boolean().optional(),
    prove: shadowPlace.optional(),
    canary: canaryPlan.optional(),
    isFirstAlone: z.boolean().optional(),
    isSwitchedAtOnce: z.boolean().optional(),
    keepWarmMs: time.optional(),
    isZoneByZone: z.boolean().optional(),
    // A record of before the bake goes on without one.
    bakeMs: time.default(0),
    requests: requestWatchSchema.optional(),
    alarmNames: z.array(text).optional(),
    approvals: approvalRuleSchema.optional(),
    hooks: z.array(hookSchema).optional(),
  }),
  from: z.looseObject({ ...release, launchTemplateVersion: id }),
  to: z.looseObject({ ...release, launchTemplateVersion: id.optional() }),
  original: z.looseObject({
    minSize: count,
    maxSize: count,
    desiredCapacity: count,
    groupArn: text.optional(),
    launchTemplate: z.looseObject({
      launchTemplateId: text,
      launchTemplateName: text,
      version: text,
      isOfPolicy: z.boolean().optional(),
    }),
    suspendedProcesses: z.array(text),
    raisedFrom: count.optional(),
    instanceIds: z.array(id),
    defaultLaunchTemplateVersion: text.optional(),
    servingCount: count.optional(),
    healthChecks: z.record(text, z.tuple([text, text, text, text])).optional(),
  }),
  ours: z.looseObject({
    surge: count,
    suspendedProcesses: z.array(text),
    isLaunchTemplatePinned: z.boolean(),
    hasCreatedLaunchTemplateVersion: z.boolean(),
    pin: z
      .looseObject({
        version: text,
        at: time,
        isConfirmed: z.boolean(),
        isSeen: z.boolean(),
        driftCount: count.optional(),
        hadEffect: z.boolean().optional(),
      })
      .optional(),
    withdrawnVersion: text.optional(),
    minSize: temporarySize.optional(),
    maxSize: temporarySize.optional(),
    hasMovedDefaultVersion: z.boolean().optional(),
    inFlight: z.array(capacityChange).optional(),
    shadow: shadow.optional(),
    forward: forwardLoan.optional(),
  }),
  phase: z.enum(['prove', 'canary', 'roll', 'bake', 'halt', 'rollBack', 'finish']),
  phaseSince: time,
  progressAt: time,
  wholeAt: time.optional(),
  instances: z.record(id, instanceRecord),
  evidence: z.array(evidence),
  outcome: z.enum(['done', 'rolledBack', 'needsHuman']).optional(),
  needs: need.optional(),
  isGoingBack: z.boolean().optional(),
  refusals: z.partialRecord(actKind, z.looseObject({ count, since: time, failure })).optional(),
  delayed: z.looseObject({ act: actKind, since: time, failure }).optional(),
  unreadableSince: time.optional(),
  purpose: z.enum(['deploy', 'rollback']).optional(),
  givenBackAt: time.optional(),
  base: z
    .looseObject({
      desiredCapacity: count,
      since: time.optional(),
      otherValue: count.optional(),
      otherCount: count.optional(),
    })
    .optional(),
  isEnvironmentBroken: z.boolean().optional(),
  gates: z
    .looseObject({
      requests: requestGateSchema.optional(),
      alarms: alarmGateSchema.optional(),
      traffic: trafficGateSchema.optional(),
    })
    .optional(),
  checkpoints: checkpointsSchema.optional(),
  heldAt: time.optional(),
  roundCount: count.optional(),
  proof: proof.optional(),
  warmUntilAt: time.optional(),
  earlierWarm: keptWarm.optional(),
  canary: canary.optional(),
});

/** What schema 1 kept as sentences. */
const sentencesOfSchema1 = z.looseObject({
  evidence: z.array(z.looseObject({ code: text, message: text, at: time, instanceIds: z.array(id) })),
  needs: text.optional(),
});

/**
 * The record that was stored under `source` (a parameter's name), checked. Throws RECORD_UNREADABLE (`invalid`), naming the
 * parameter, what is wrong in it and what to do.
 */
export function parseRecord(value: unknown, source: string): RolloutRecord {
  try {
    return recordSchema.parse(migrate(value));
  } catch (error) {
    throw describeUnreadable(value, source, error);
  }
}

function migrate(value: unknown): unknown {
  if (schemaOf(value) !== 1) return value;
  const { evidence: told, needs, failure: _dropped, ...rest } = sentencesOfSchema1.parse(value);
  return {
    ...rest,
    schema: 2,
    evidence: told.map(({ code, message, at, instanceIds }) => ({
      code: 'RECORDED_EARLIER',
      recordedCode: code,
      text: message,
      at,
      instanceIds,
    })),
    ...(needs === undefined ? {} : { needs: migrateNeed(needs) }),
  };
}

function migrateNeed(needs: string): Need {
  const [, recordedCode = 'UNKNOWN', rest = needs] = /^([A-Z_]+): ([\s\S]*)$/.exec(needs) ?? [];
  return { code: 'RECORDED_EARLIER', recordedCode, text: rest };
}

function schemaOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
}

function describeUnreadable(value: unknown, source: string, error: unknown): DirectrixError {
  const schema = schemaOf(value);
  const isNewer = typeof schema === 'number' && schema > 2;
  return new DirectrixError(
    'RECORD_UNREADABLE',
    `The record in ${source} cannot be used: ${whatIsWrong(error, schema)}.`,
    {
      kind: 'invalid',
      source,
      cause: error,
      hint: isNewer
        ? 'a newer Directrix wrote it: use that one'
        : `use the Directrix that wrote it; or, when no rollout of the group is under way, delete the parameter ${source}`,
    },
  );
}

function whatIsWrong(error: unknown, schema: unknown): string {
  if (schema !== 1 && schema !== 2)
    return `its schema is ${JSON.stringify(schema) ?? 'missing'}, where 1 and 2 are known`;
  if (!(error instanceof z.ZodError)) return 'it is no record of a rollout';
  const [first] = error.issues;
  return `${first?.path.join('.') || 'the whole of it'}: ${first?.message ?? 'not as expected'}`;
}
