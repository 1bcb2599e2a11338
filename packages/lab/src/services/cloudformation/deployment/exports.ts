// exports: what stacks lend each other.
//
//   X1. A name is exported once in a region.
//   X2. What another stack imports neither changes nor goes.
import type { Output } from '@aws-sdk/client-cloudformation';
import type { ControlPlaneContext, LabState } from '../../../control-plane/types.js';
import { validationError } from '../refusals.js';
import type { StackRecord } from '../state.js';
import type { EvaluatedOutput } from '../template/definition.js';
import { findReferences } from '../template/references.js';
import { evaluateStack } from './stack-evaluation.js';

/** The names of the stacks that import this, sorted. */
export function importersOf(exportName: string, context: ControlPlaneContext): readonly string[] {
  const { stacks } = context.state.cloudFormation;
  return [...stacks.values()]
    .filter((stack) => stack.status !== 'DELETE_COMPLETE' && importsOf(stack, context).has(exportName))
    .map(({ stackName }) => stackName)
    .sort();
}

function importsOf(stack: StackRecord, context: ControlPlaneContext): ReadonlySet<string> {
  const names = new Set<string>();
  for (const definition of [stack.definition, stack.operation?.before]) {
    if (definition === undefined) continue;
    const { Resources, Outputs } = definition.template;
    const evaluation = evaluateStack(stack, definition, context);
    for (const name of findReferences({ Resources, Outputs }).imports) names.add(String(evaluation.value(name)));
  }
  return names;
}

/** Throws ValidationError when the stack cannot export these: another one does, or somebody imports what would change or go. */
export function checkExports(
  stack: StackRecord,
  outputs: readonly EvaluatedOutput[],
  context: ControlPlaneContext,
): void {
  const { exports, stacks } = context.state.cloudFormation;
  const after = new Map(
    outputs.flatMap(({ exportName, value }) => (exportName === undefined ? [] : [[exportName, value] as const])),
  );
  for (const name of after.keys()) {
    const owner = exports.get(name)?.ExportingStackId;
    if (owner !== undefined && owner !== stack.stackId)
      throw validationError(
        `Export with name ${name} is already exported by stack ${stacks.get(owner)?.stackName ?? owner}. Rename the export or remove it from one of the stacks.`,
      );
  }
  for (const { Name = '', Value, ExportingStackId } of exports.values()) {
    if (ExportingStackId !== stack.stackId || after.get(Name) === Value) continue;
    const importers = importersOf(Name, context).filter((name) => name !== stack.stackName);
    if (importers.length === 0) continue;
    const verb = after.has(Name) ? 'updated' : 'deleted';
    throw validationError(`Export ${Name} cannot be ${verb} as it is in use by ${importers.join(', ')}`);
  }
}

/** Call checkExports first. */
export function publishOutputs(stack: StackRecord, outputs: readonly EvaluatedOutput[], state: LabState): void {
  const { exports } = state.cloudFormation;
  for (const [name, { ExportingStackId }] of exports) if (ExportingStackId === stack.stackId) exports.delete(name);
  for (const { exportName, value } of outputs)
    if (exportName !== undefined)
      exports.set(exportName, { ExportingStackId: stack.stackId, Name: exportName, Value: value });
  stack.outputs = outputs.map(
    ({ key, value, description, exportName }): Output => ({
      OutputKey: key,
      OutputValue: value,
      ...(description !== undefined && { Description: description }),
      ...(exportName !== undefined && { ExportName: exportName }),
    }),
  );
}
