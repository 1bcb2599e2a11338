import type {
  Capability,
  Change,
  Export,
  Output,
  ResourceStatus,
  StackEvent,
  StackStatus,
  Tag,
} from '@aws-sdk/client-cloudformation';
import type { Template } from '@directrix/reachability';

/** What a stack is made from: fixed when the request was accepted. */
export interface StackDefinition {
  /** As it was given: what GetTemplate answers. */
  readonly templateText: string;
  /** Long forms only, loops written out. */
  readonly template: Template & TemplateParts;
  readonly parameters: readonly ParameterValue[];
  readonly tags: readonly Tag[];
}

/** What the lab reads of a template besides what the network needs. */
export interface TemplateParts {
  readonly Description?: unknown;
  readonly Metadata?: unknown;
  readonly Rules?: unknown;
  readonly Transform?: unknown;
}

export interface ParameterValue {
  readonly name: string;
  /** As it was given, or its default. */
  readonly text: string;
  /** What a Ref gives: a list where the type is one, the parameter's value where the type names one of Parameter Store. */
  readonly value: string | readonly string[];
  /** Of a parameter of Parameter Store: what it was resolved to. */
  readonly resolved?: string | undefined;
  readonly isSecret: boolean;
}

export interface ResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  /** Undefined until the resource has been made. */
  physicalId: string | undefined;
  /** Worked out, as they were last applied. */
  properties: Readonly<Record<string, unknown>>;
  /** The stack's tags as they were last applied. */
  stackTags: readonly Tag[];
  /** What Fn::GetAtt gives. */
  attributes: Readonly<Record<string, unknown>>;
  /** Logical ids that must outlive it. */
  dependsOn: readonly string[];
  deletionPolicy: string;
  updateReplacePolicy: string;
  /** Worked out; how an update goes about the resource, and what its creation waits for. */
  updatePolicy: Readonly<Record<string, unknown>>;
  creationPolicy: Readonly<Record<string, unknown>>;
  /** Signals that it was sent, by their ids. */
  signals: ReadonlyMap<string, 'SUCCESS' | 'FAILURE'>;
  metadata: unknown;
  status: ResourceStatus;
  statusReason: string | undefined;
  updatedAt: number;
}

/** One resource on its way to what the definition wants. */
export interface Work {
  readonly logicalId: string;
  /** Undefined until its dependencies are there, when its properties can be worked out. */
  action: 'add' | 'modify' | 'replace' | 'keep' | undefined;
  state: 'waiting' | 'working' | 'done' | 'failed';
  /** When its work began, in lab time. */
  startedAt: number;
}

/** One resource on its way out. */
export interface Departure {
  readonly resource: ResourceRecord;
  state: 'waiting' | 'working' | 'done' | 'failed';
  startedAt: number | undefined;
  /** The policy that decides whether it is kept. */
  readonly policy: string;
}

type OperationPhase = 'apply' | 'cleanup' | 'rollback' | 'rollbackCleanup' | 'delete';

/** What a record is besides its properties. */
export type ResourceFacts = Pick<
  ResourceRecord,
  'dependsOn' | 'deletionPolicy' | 'updateReplacePolicy' | 'updatePolicy' | 'creationPolicy' | 'metadata'
>;

/** What is being done to a stack. */
export interface StackOperation {
  readonly operationId: string;
  readonly kind: 'create' | 'update' | 'delete';
  phase: OperationPhase;
  /** What the resources are moved to now. */
  goal: StackDefinition;
  /** What they are moved back to when that fails. */
  readonly before: StackDefinition | undefined;
  readonly onFailure: 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';
  readonly deadlineAt: number | undefined;
  readonly retained: readonly string[];
  readonly token: string | undefined;
  work: Work[];
  departures: Departure[];
  /** What was replaced in this operation, by logical id: it comes back when the operation fails. */
  readonly replaced: Map<string, ResourceRecord>;
  /** What was added in this operation. */
  readonly added: Set<string>;
  /** What was changed in place in this operation, as it was before. */
  readonly modified: Map<string, ResourceRecord>;
  /** What was kept in this operation: its policies and metadata as they were before. */
  readonly kept: Map<string, ResourceFacts>;
  failedIds: string[];
  isCancelled: boolean;
}

/** In whose name a stack asks the other services: a role, or the administrator. */
export interface StackCaller {
  readonly roleName: string;
  readonly sessionName: string;
}

export interface StackRecord {
  readonly stackId: string;
  readonly stackName: string;
  /** Undefined while only a change set exists. */
  definition: StackDefinition | undefined;
  capabilities: readonly Capability[];
  notificationArns: readonly string[];
  roleArn: string | undefined;
  caller: StackCaller | undefined;
  disableRollback: boolean;
  timeoutMinutes: number | undefined;
  isProtected: boolean;
  readonly createdAt: number;
  updatedAt: number | undefined;
  deletedAt: number | undefined;
  status: StackStatus;
  statusReason: string | undefined;
  changeSetId: string | undefined;
  outputs: readonly Output[];
  readonly resources: Map<string, ResourceRecord>;
  /** Oldest first. */
  readonly events: StackEvent[];
  operation: StackOperation | undefined;
  /** The client token of the last request that had one, or none. */
  lastToken: string | undefined;
}

export interface ChangeSetRecord {
  readonly changeSetId: string;
  readonly changeSetName: string;
  readonly stackId: string;
  readonly kind: 'CREATE' | 'UPDATE';
  readonly description: string | undefined;
  readonly definition: StackDefinition;
  readonly capabilities: readonly Capability[];
  readonly notificationArns: readonly string[];
  readonly roleArn: string | undefined;
  readonly caller: StackCaller | undefined;
  readonly onStackFailure: 'ROLLBACK' | 'DELETE' | 'DO_NOTHING' | undefined;
  readonly createdAt: number;
  readonly clientToken: string | undefined;
  status: 'CREATE_PENDING' | 'CREATE_COMPLETE' | 'FAILED';
  statusReason: string | undefined;
  executionStatus: 'UNAVAILABLE' | 'AVAILABLE' | 'EXECUTE_COMPLETE';
  changes: readonly Change[];
}

export interface CloudFormationState {
  /** By stack id, those that were deleted too. */
  readonly stacks: Map<string, StackRecord>;
  /** By ARN. */
  readonly changeSets: Map<string, ChangeSetRecord>;
  readonly exports: Map<string, Export>;
}

export function createCloudFormationState(): CloudFormationState {
  return { stacks: new Map(), changeSets: new Map(), exports: new Map() };
}
