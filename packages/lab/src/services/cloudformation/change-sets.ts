// change sets: what an update would do, worked out without doing it.

import { isDeepStrictEqual } from 'node:util';
import type { Change, ResourceChange, ResourceChangeDetail } from '@aws-sdk/client-cloudformation';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { decideAction } from './deployment/decide-action.js';
import { refOf, stackFacts } from './deployment/stack-evaluation.js';
import { isMade, isUsable } from './deployment/step.js';
import { resourceFactsOf } from './resource-facts.js';
import { resourceTypeOf } from './resources/index.js';
import type { ResourceRecord, StackDefinition, StackRecord } from './state.js';
import { dependenciesOf, inOrder } from './template/dependencies.js';
import { Evaluation, KNOWN_AFTER_APPLY } from './template/evaluation.js';
import { isRecord } from './template/references.js';

/** As a change set shows what only its execution will tell. */
const SHOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';

/** What it would take to bring the stack to the definition, in the order of the template; empty when it is so already. */
export function compareStack(
  stack: StackRecord,
  goal: StackDefinition,
  context: ControlPlaneContext,
): readonly Change[] {
  const isNew = new Set<string>();
  const known = (logicalId: string): ResourceRecord | undefined => {
    const record = stack.resources.get(logicalId);
    return record === undefined || !isUsable(record) || isNew.has(logicalId) ? undefined : record;
  };
  const evaluation = new Evaluation(goal, stackFacts(stack, context), {
    ref: (id) => {
      const record = known(id);
      return record === undefined ? KNOWN_AFTER_APPLY : refOf(stack, record, context);
    },
    attribute: (id, attribute) => known(id)?.attributes[attribute] ?? KNOWN_AFTER_APPLY,
  });
  const resources = evaluation.resources();
  const changes = new Map<string, ResourceChange>();
  for (const id of inOrder(dependenciesOf(resources))) {
    const resource = resources[id]!;
    const properties = evaluation.value(resource.Properties ?? {});
    const before = known(id);
    const after = { type: resource.Type, properties: isRecord(properties) ? properties : {}, stackTags: goal.tags };
    const action = decideAction(before, after);
    if (action.kind === 'add') {
      isNew.add(id);
      changes.set(id, {
        Action: 'Add',
        LogicalResourceId: id,
        ResourceType: after.type,
        Scope: [],
        Details: [],
        ...contextOf(undefined, after.properties),
      });
      continue;
    }
    if (action.kind === 'replace') isNew.add(id);
    const isOtherwise =
      before !== undefined && !isDeepStrictEqual(before.metadata ?? undefined, resource.Metadata ?? undefined);
    if (action.kind === 'keep' && !isOtherwise) continue;
    changes.set(id, describeModification(before!, after, action, isOtherwise));
  }
  const removed = [...stack.resources.values()].filter(
    (record) => !Object.hasOwn(resources, record.logicalId) && isMade(record),
  );
  return [
    ...Object.keys(resources).flatMap((id) => changes.get(id) ?? []),
    ...removed.map(
      (record): ResourceChange => ({
        Action: 'Remove',
        LogicalResourceId: record.logicalId,
        PhysicalResourceId: record.physicalId,
        ResourceType: record.type,
        PolicyAction: record.deletionPolicy.startsWith('Retain') ? 'Retain' : 'Delete',
        Scope: [],
        Details: [],
        ...contextOf(record.properties, undefined),
      }),
    ),
  ].map((ResourceChange) => ({ Type: 'Resource', ResourceChange }));
}

function describeModification(
  before: ResourceRecord,
  after: { readonly type: string; readonly properties: Readonly<Record<string, unknown>> },
  action: Exclude<ReturnType<typeof decideAction>, { readonly kind: 'add' }>,
  isMetadataChanged: boolean,
): ResourceChange {
  const changed = action.kind === 'keep' ? [] : action.changed;
  const facts = resourceFactsOf(after.type);
  const isReplaced = action.kind === 'replace';
  const details = changed.map((Name): ResourceChangeDetail => {
    const isDynamic = JSON.stringify(after.properties[Name] ?? '').includes(KNOWN_AFTER_APPLY);
    const recreation =
      facts?.replace.has(Name) === true ? 'Always' : facts?.maybe.has(Name) === true ? 'Conditionally' : 'Never';
    const isTags = Name === 'Tags';
    return {
      Target: isTags
        ? { Attribute: 'Tags', RequiresRecreation: 'Never' }
        : { Attribute: 'Properties', Name, RequiresRecreation: recreation },
      Evaluation: isDynamic ? 'Dynamic' : 'Static',
      ChangeSource: isDynamic ? 'ResourceReference' : 'DirectModification',
    };
  });
  const isCertain =
    isReplaced &&
    (action.because.length === 0 ||
      details.some(({ Target, Evaluation: how }) => Target?.RequiresRecreation === 'Always' && how === 'Static'));
  const mayBe = changed.some((name) => facts?.maybe.has(name)) && resourceTypeOf(after.type)?.replaces !== undefined;
  return {
    Action: 'Modify',
    LogicalResourceId: before.logicalId,
    PhysicalResourceId: before.physicalId,
    ResourceType: after.type,
    Replacement: isCertain ? 'True' : isReplaced || mayBe ? 'Conditional' : 'False',
    ...(isReplaced && {
      PolicyAction: before.updateReplacePolicy.startsWith('Retain') ? 'ReplaceAndRetain' : 'ReplaceAndDelete',
    }),
    Scope: [
      ...new Set([
        ...changed.map((name) => (name === 'Tags' ? ('Tags' as const) : ('Properties' as const))),
        ...(isMetadataChanged ? ['Metadata' as const] : []),
      ]),
    ],
    Details: [
      ...details,
      ...(isMetadataChanged
        ? [
            {
              Target: { Attribute: 'Metadata' as const, RequiresRecreation: 'Never' as const },
              Evaluation: 'Static' as const,
              ChangeSource: 'DirectModification' as const,
            },
          ]
        : []),
    ],
    ...contextOf(before.properties, after.properties),
  };
}

/** What a change set shows of the properties when it is asked to. */
function contextOf(
  before: object | undefined,
  after: object | undefined,
): Pick<ResourceChange, 'BeforeContext' | 'AfterContext'> {
  const text = (properties: object) =>
    JSON.stringify({ Properties: properties }).replaceAll(KNOWN_AFTER_APPLY, SHOWN_AFTER_APPLY);
  return {
    ...(before !== undefined && { BeforeContext: text(before) }),
    ...(after !== undefined && { AfterContext: text(after) }),
  };
}
