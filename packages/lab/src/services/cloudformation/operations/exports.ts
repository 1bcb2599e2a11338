import type {
  ListExportsInput,
  ListExportsOutput,
  ListImportsInput,
  ListImportsOutput,
} from '@aws-sdk/client-cloudformation';
import type { OperationContext } from '../../../control-plane/types.js';
import { takePage } from '../../page.js';
import { importersOf } from '../deployment/exports.js';
import { validationError } from '../refusals.js';

const PAGE_SIZE = 100;

export function listExports({ NextToken }: ListExportsInput, { state }: OperationContext): ListExportsOutput {
  const page = takePage([...state.cloudFormation.exports.values()], NextToken, PAGE_SIZE, 'ValidationError');
  return { Exports: [...page.items], ...(page.next !== undefined && { NextToken: page.next }) };
}

export function listImports(
  { ExportName = '', NextToken }: ListImportsInput,
  context: OperationContext,
): ListImportsOutput {
  if (!context.state.cloudFormation.exports.has(ExportName))
    throw validationError(`Export '${ExportName}' is not found.`);
  const importers = importersOf(ExportName, context);
  if (importers.length === 0) throw validationError(`Export '${ExportName}' is not imported by any stack.`);
  const page = takePage(importers, NextToken, PAGE_SIZE, 'ValidationError');
  return { Imports: [...page.items], ...(page.next !== undefined && { NextToken: page.next }) };
}
