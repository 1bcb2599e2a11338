// resource request: what a resource type may do for one resource of one stack.
import type { Tag } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { Caller, ControlPlaneContext } from '../../../control-plane/types.js';
import { putTags } from '../../ec2/tags.js';
import type { Properties, ResourceRequest } from '../resources/resource-type.js';
import type { ResourceRecord, StackRecord } from '../state.js';
import { askedOperation } from './asked-services.js';
import { fitInput } from './fit-input.js';
import { HandlerError } from './handler-error.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const RANDOM_LENGTH = 12;

/** `previous` and `previousTags` are what was applied before, of an update. */
export function openRequest(
  stack: StackRecord,
  record: ResourceRecord,
  context: ControlPlaneContext,
  {
    startedAt = context.now,
    previous,
  }: { readonly startedAt?: number; readonly previous?: ResourceRecord | undefined } = {},
): ResourceRequest {
  const { state } = context;
  const caller = callerOf(stack);
  const randomId = (length: number) =>
    Array.from({ length }, () => LETTERS[Math.floor(context.ids.random() * LETTERS.length)]).join('');
  return {
    stackName: stack.stackName,
    stackId: stack.stackId,
    logicalId: record.logicalId,
    type: record.type,
    properties: record.properties,
    updatePolicy: record.updatePolicy,
    previous: previous?.properties ?? {},
    tags: mergeTags(record.stackTags, record.properties),
    previousTags: previous === undefined ? [] : mergeTags(previous.stackTags, previous.properties),
    get physicalId() {
      return record.physicalId ?? '';
    },
    startedAt,
    now: context.now,
    state,
    created: (physicalId) => {
      record.physicalId = physicalId;
    },
    ask: <Output extends object>(
      service: Parameters<ResourceRequest['ask']>[0],
      operationName: string,
      given: object,
    ) => {
      if (context.ask === undefined) throw new TypeError('Resources are made in a control plane only.');
      const input = fitInput(askedOperation(service, operationName).input, given) as object;
      try {
        return context.ask({ service, operationName, input, caller }) as Output;
      } catch (error) {
        throw error instanceof AwsError ? new HandlerError(service, error) : error;
      }
    },
    mark: (resourceId) => putTags(state.ec2, resourceId, ownTags(stack, record)),
    generateName: (longest) => generateName(stack.stackName, record.logicalId, longest, randomId(RANDOM_LENGTH)),
    randomId,
  };
}

function callerOf({ caller }: StackRecord): Caller {
  return caller === undefined
    ? { kind: 'administrator' }
    : { kind: 'instanceRole', instanceId: caller.sessionName, roleName: caller.roleName };
}

function ownTags(stack: StackRecord, { logicalId }: ResourceRecord): readonly { Key: string; Value: string }[] {
  return [
    { Key: 'aws:cloudformation:stack-name', Value: stack.stackName },
    { Key: 'aws:cloudformation:stack-id', Value: stack.stackId },
    { Key: 'aws:cloudformation:logical-id', Value: logicalId },
  ];
}

/** The resource's own tags win over those of its stack. Tags of some types are a map. */
export function mergeTags(stackTags: readonly Tag[], { Tags }: Properties): readonly Tag[] {
  const own: readonly Tag[] = Array.isArray(Tags)
    ? Tags.map(({ Key, Value }: Tag) => ({ Key: String(Key), Value: String(Value ?? '') }))
    : Object.entries((Tags ?? {}) as Readonly<Record<string, unknown>>).map(([Key, value]) => ({
        Key,
        Value: String(value),
      }));
  const keys = new Set(own.map(({ Key }) => Key));
  return [...stackTags.filter(({ Key }) => !keys.has(Key)), ...own];
}

// AWS shortens the parts alike when the whole would be too long: `my-st-WebAl-1A2B3C4D5E6F`.
export function generateName(stackName: string, logicalId: string, longest: number, random: string): string {
  const whole = `${stackName}-${logicalId}-${random}`;
  if (whole.length <= longest) return whole;
  const room = Math.max(2, longest - random.length - 2);
  const ofStack = Math.floor(room / 2);
  const trimmed = [stackName.slice(0, ofStack), logicalId.slice(0, room - ofStack)].map((part) =>
    part.replace(/-+$/, ''),
  );
  return [...trimmed, random].join('-').slice(-longest);
}
