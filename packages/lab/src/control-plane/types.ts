// The control plane's words: what goes into the state machine, and what comes out.
//
// apply(now, request) changes LabState and returns a response; advance(now) plays what is due. Both leave effects,
// which a data plane performs (real processes and sockets, or a simulation), and the data plane answers with events.
//
//   C1. The control plane does no I/O, reads no clock and draws no random number: `now` and `ids` are passed in.
//   C2. An operation either returns an output or throws AwsError before it changes anything.
//   C3. The same requests and events at the same times give the same state, responses and effects.

import type { MetricsSnapshot } from '../load-balancer/metrics.js';
import type { MemberTable } from '../protocols/check-members.js';
import type { AutoScalingState } from '../services/auto-scaling/state.js';
import type { CloudFormationState } from '../services/cloudformation/state.js';
import type { CloudWatchState } from '../services/cloudwatch/state.js';
import type { Ec2State } from '../services/ec2/state.js';
import type { ElbV2State } from '../services/elbv2/state.js';
import type { IamState } from '../services/iam/state.js';
import type { LogsState } from '../services/logs/state.js';
import type { S3State } from '../services/s3/state.js';
import type { SsmState } from '../services/ssm/state.js';
import type { RoleCredentials } from './role-credentials.js';

export interface LabState {
  readonly accountId: string;
  readonly region: string;
  /** The account's quota of instances that are not terminated. */
  readonly instanceLimit: number;
  readonly ec2: Ec2State;
  readonly autoScaling: AutoScalingState;
  readonly elbv2: ElbV2State;
  readonly ssm: SsmState;
  readonly iam: IamState;
  readonly logs: LogsState;
  readonly cloudWatch: CloudWatchState;
  readonly cloudFormation: CloudFormationState;
  readonly s3: S3State;
}

export type ServiceName =
  | 'ec2'
  | 'autoscaling'
  | 'elasticloadbalancing'
  | 'ssm'
  | 'sts'
  | 'iam'
  | 'logs'
  | 'monitoring'
  | 'cloudformation'
  | 's3';

/** How a request came to the endpoint, which decides what an endpoint policy or an IAM role may say about it. */
export type Route =
  | { readonly kind: 'endpoint' } // straight to the lab's own port: the operator's shell
  | { readonly kind: 'vpcEndpoint'; readonly vpcEndpointId: string; readonly instanceId: string }
  | { readonly kind: 'public'; readonly instanceId: string };

/** Who signed the request. The lab's own keys are the account's administrator; an instance has its role. */
export type Caller =
  | { readonly kind: 'administrator' }
  | { readonly kind: 'instanceRole'; readonly instanceId: string; readonly roleName: string }
  | { readonly kind: 'unknownKey'; readonly accessKeyId: string };

/** Ids and other unpredictable values, drawn from the lab's seed: C3. */
export interface IdSource {
  /** `hex('i-', 17)` gives `i-0a1b2c3d4e5f60718`. */
  hex(prefix: string, digits: number): string;
  uuid(): string;
  /** A number in [0, 1). */
  random(): number;
}

/** Unpublished or adjustable timing of AWS, all in lab milliseconds. See docs/lab.md. */
export interface LabTiming {
  /** pending -> running of an EC2 instance. */
  readonly instancePendingMs: number;
  /** shutting-down -> terminated, and stopping -> stopped. */
  readonly instanceShutdownMs: number;
  /** How often an Auto Scaling group looks at its instances' health and capacity. */
  readonly groupPollMs: number;
  /** RegisterTargets -> the first health check. */
  readonly targetRegistrationMs: number;
  /** An interface endpoint's pending -> available. */
  readonly vpcEndpointPendingMs: number;
  /** An image's and a snapshot's pending -> available, completed. */
  readonly imagePendingMs: number;
  /** When a dropped connection's kernel gives up (ETIMEDOUT). Linux: 135 s. */
  readonly connectTimeoutMs: number;
  /** How often CloudFormation looks at the resources that it is making. */
  readonly stackStepMs: number;
}

export interface ControlPlaneContext {
  readonly state: LabState;
  /** Lab time, epoch milliseconds. */
  readonly now: number;
  readonly ids: IdSource;
  readonly timing: LabTiming;
  /** Plays `event` when lab time reaches `atMs`. Events that no longer apply must be ignored by their service. */
  schedule(atMs: number, event: LabEvent): void;
  /** Asks the data plane for something. */
  emit(effect: Effect): void;
  /** Asks another service in somebody's name, as that one would over the wire. Throws AwsError. What tests make has none. */
  ask?(request: ServiceRequest): object;
}

/** A request from one service to another. */
export interface ServiceRequest {
  readonly service: ServiceName;
  readonly operationName: string;
  readonly input: object;
  readonly caller: Caller;
}

export interface OperationContext extends ControlPlaneContext {
  readonly caller: Caller;
  readonly route: Route;
  readonly requestId: string;
  /** The client asked for what the lab adds to AWS: the header `x-directrix-lab: listener-url`. */
  readonly asksForListenerUrls?: boolean;
  /** Begins a session of a role, as AssumeRole does. `name` is the session's. */
  beginSession?(name: string, roleName: string, durationMs: number): RoleCredentials;
  /** Whether this request meets a fault that only its operation can show. */
  meetsFault?(kind: 'emptyPage'): boolean;
}

/** Something that a request must be allowed to do. `resource` is an ARN, or `*` where the action knows no resources. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
}

/** One API operation: the SDK's input shape in, the SDK's output shape out (without $metadata). Throws AwsError. */
export type Operation<Input, Output> = (input: Input, context: OperationContext) => Output;

/** What a service gives to the control plane. One file per operation lives in `operations/`. */
export interface ServiceDefinition {
  readonly name: ServiceName;
  readonly protocol: 'awsQuery' | 'ec2Query' | 'awsJson1_1' | 'restXml';
  /** As in the query protocols' `Version` parameter, for example `2016-11-15`. */
  readonly apiVersion: string;
  /** The XML namespace of query responses; for awsJson1_1 the `X-Amz-Target` prefix is `targetPrefix`. */
  readonly xmlNamespace?: string;
  readonly targetPrefix?: string;
  /** Of awsJson1_1: whether its requests and answers call themselves JSON 1.0, as CloudWatch's do. Default: 1.1. */
  readonly jsonVersion?: '1.0' | '1.1';
  /** The code of what AWS's model does not allow, where it is not the protocol's: ValidationError, or ValidationException for JSON. */
  readonly validationCode?: string;
  /** The module namespace of the SDK client, whose `<Operation>$` exports are the schemas. */
  readonly schemas: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: operations of every shape live in one table; each is typed in its file.
  readonly operations: Readonly<Record<string, Operation<any, object>>>;
  /** What each operation acts on. A member that is not declared is refused by name. */
  readonly members: MemberTable;
  /** What a request asks permission for. Default: the operation itself, on every resource. */
  permissions?(operationName: string, input: object, state: LabState): readonly Permission[];
  /**
   * Plays an event that this service scheduled, or that the data plane reported to it. 'unchanged' says that no other service can
   * see a difference, which spares all of them a reconcile; a health check that confirms what was known says so.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: most services have nothing to say.
  onEvent?(event: LabEvent, context: ControlPlaneContext): void | 'unchanged';
  /** Called after each of its operations that is no reading one. */
  afterChange?(context: ControlPlaneContext): void;
  /** Brings the service's state to rest after any change (for example a group compares desired with actual). Idempotent. */
  reconcile?(context: ControlPlaneContext): void;
}

/** What happens by itself in time, or is reported by the data plane. `service` plays it. */
export type LabEvent =
  // --- reported by the data plane
  | { readonly service: 'ec2'; readonly type: 'console'; readonly instanceId: string; readonly text: string }
  | {
      readonly service: 'elasticloadbalancing';
      readonly type: 'healthCheckResult';
      readonly targetGroupArn: string;
      readonly targetId: string;
      readonly port: number;
      /** As the check's effect gave it; a result of an earlier registration is ignored. */
      readonly checkId: string;
      readonly result: HealthCheckResult;
    }
  /** The data plane opened (or could not open) a listener's port on loopback: `http://127.0.0.1:41234`. */
  | {
      readonly service: 'elasticloadbalancing';
      readonly type: 'listenerOpened';
      readonly listenerArn: string;
      readonly url: string;
    }
  /** What the load balancers have counted since they started, in answer to `readMetrics`. */
  | { readonly service: 'monitoring'; readonly type: 'loadBalancerMetrics'; readonly metrics: MetricsSnapshot }
  // --- from one service to another
  | {
      readonly service: 'autoscaling';
      readonly type: 'alarmAction';
      readonly policyArn: string;
      readonly alarmName: string;
      /** The metric's newest value, and what the alarm compares it with; undefined where there is none. */
      readonly value: number | undefined;
      readonly threshold: number | undefined;
    }
  // --- scheduled by services for themselves; `type` and the rest are theirs
  | {
      readonly service: ServiceName;
      readonly type: 'timer';
      readonly name: string;
      readonly id: string;
      readonly data?: unknown;
    };

export type HealthCheckResult =
  | { readonly kind: 'response'; readonly statusCode: number }
  | { readonly kind: 'timeout' } // no answer within HealthCheckTimeoutSeconds, dropped packets included
  | { readonly kind: 'failed' }; // refused, reset, or not HTTP

/** What the control plane asks of the data plane. */
export type Effect =
  /** The instance reached `running`: boot its image. */
  | { readonly kind: 'startMachine'; readonly instanceId: string }
  /** The instance is shutting down or stopping: SIGTERM now, SIGKILL after `graceMs`. */
  | { readonly kind: 'stopMachine'; readonly instanceId: string; readonly graceMs: number }
  | {
      readonly kind: 'checkHealth';
      readonly checkId: string;
      readonly targetGroupArn: string;
      readonly targetId: string;
      readonly port: number;
      readonly protocol: string;
      readonly path: string;
      readonly timeoutMs: number;
    }
  /** Listeners were created, changed or deleted: open or close their ports. */
  | { readonly kind: 'listenersChanged' }
  /** The draining time of a target ended: whatever still is in flight to it is cut (502). */
  | { readonly kind: 'drainEnded'; readonly targetGroupArn: string; readonly targetId: string; readonly port: number }
  /** A minute has ended: report what the load balancers have counted. */
  | { readonly kind: 'readMetrics' };
