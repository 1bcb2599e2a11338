// resource type: how one type of resource is made, changed and deleted, by the operations that its service has for everybody.
//
//   Y1. Whatever a resource does, it asks the service for, in the name of the stack's caller: every check is the service's own.
//   Y2. A property that the lab does not act on is refused by name, as a member of an operation is.
import type { Tag } from '@aws-sdk/client-cloudformation';
import type { LabState, ServiceName } from '../../../control-plane/types.js';

// biome-ignore lint/suspicious/noExplicitAny: properties have the shapes of a hundred types; the service that is asked checks them.
export type Properties = Readonly<Record<string, any>>;

/** One resource of one stack, in the moment in which something is done with it. */
export interface ResourceRequest {
  readonly stackName: string;
  readonly stackId: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Properties;
  /** How an update goes about it: `UpdatePolicy` of the template. */
  readonly updatePolicy: Properties;
  /** Of an update: what was applied last. */
  readonly previous: Properties;
  /** The resource's own tags over those of the stack. */
  readonly tags: readonly Tag[];
  readonly previousTags: readonly Tag[];
  /** What it is called; empty until `created` was called. */
  readonly physicalId: string;
  /** When its work began, and what time it is now; both lab time. */
  readonly startedAt: number;
  readonly now: number;
  /** Read only. */
  readonly state: LabState;
  /** Says what the resource is called, as soon as it exists: what follows may fail, and it must be found again. */
  created(physicalId: string): void;
  /**
   * Asks a service. Values are fitted to the operation's own types first: CloudFormation takes '80' for 80. Throws AwsError. `Output` is
   * what the SDK says of the operation.
   */
  ask<Output extends object = object>(service: ServiceName, operationName: string, input: object): Output;
  /** Tags that only AWS may set: `aws:cloudformation:*`. For EC2's resources. */
  mark(resourceId: string): void;
  /** A name of its own: `STACK-LOGICALID-RANDOM`, at most `longest` characters. */
  generateName(longest: number): string;
  /** A random id in capitals and digits. */
  randomId(length: number): string;
}

export type Progress = 'ready' | 'working';

export interface ResourceType {
  /** Names of the properties that the lab acts on, separated by spaces. */
  readonly acts: string;
  /** Properties that have no effect by nature. */
  readonly noEffect?: string;
  /** Properties that can change without a replacement. */
  readonly updates?: string;
  /** The property that names the resource, where its owner may choose: a replacement cannot take the same name. */
  readonly nameProperty?: string;
  /** Called once; calls `created`. Throws AwsError when AWS would refuse. */
  create(request: ResourceRequest): void;
  /** Whether it has become what it was made for. Called after `create` and `update` until it is ready. Throws AwsError when it never will be. */
  progress?(request: ResourceRequest): Progress;
  /** Changes it in place from `previous` to `properties`. */
  update?(request: ResourceRequest): void;
  /** Whether a change of what is replaced sometimes replaces it now. Default: never. */
  replaces?(request: ResourceRequest, changed: readonly string[]): boolean;
  /** Throws AwsError when AWS would refuse; what is not there any more counts as deleted. */
  delete(request: ResourceRequest): void;
  /** Whether it is gone. Called after `delete` until it is. Default: at once. */
  isGone?(request: ResourceRequest): boolean;
  /** What `Ref` gives. Default: the physical id. */
  ref?(request: ResourceRequest): unknown;
  /** What `Fn::GetAtt` gives, by attribute. */
  attributes?(request: ResourceRequest): Readonly<Record<string, unknown>>;
}

/** Of `values`, those named; what is undefined is left out. */
export function pick(values: Properties, names: string): Record<string, unknown> {
  const wanted = names.split(' ').map((name) => [name, values[name]] as const);
  return Object.fromEntries(wanted.filter(([, value]) => value !== undefined));
}

export function hasChanged({ properties, previous }: ResourceRequest, names: string): boolean {
  return names.split(' ').some((name) => JSON.stringify(properties[name]) !== JSON.stringify(previous[name]));
}

interface ListChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export function listChange(before: readonly string[] = [], after: readonly string[] = []): ListChange {
  return { added: after.filter((one) => !before.includes(one)), removed: before.filter((one) => !after.includes(one)) };
}

/** The tags to put and the keys to take away between two lists. */
export function tagChange({ tags, previousTags }: Pick<ResourceRequest, 'tags' | 'previousTags'>): {
  readonly put: readonly Tag[];
  readonly remove: readonly string[];
} {
  const before = new Map(previousTags.map(({ Key, Value }) => [Key, Value]));
  const keys = new Set(tags.map(({ Key }) => Key));
  return {
    put: tags.filter(({ Key, Value }) => before.get(Key) !== Value),
    remove: [...before.keys()].flatMap((key) => (key === undefined || keys.has(key) ? [] : [key])),
  };
}

/** A document that a template may give as an object or as a text. */
export function documentText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A list property, empty when it is not given. */
export function texts(value: unknown): readonly string[] {
  return value === undefined ? [] : [value].flat().map(String);
}
