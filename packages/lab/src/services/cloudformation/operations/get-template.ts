import type { GetTemplateInput, GetTemplateOutput } from '@aws-sdk/client-cloudformation';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireChangeSet, requireStack } from '../stacks.js';

/** As it was given; the processed one has its loops written out. */
export function getTemplate(
  { StackName, ChangeSetName, TemplateStage }: GetTemplateInput,
  { state }: OperationContext,
): GetTemplateOutput {
  const definition =
    ChangeSetName === undefined
      ? requireStack(state, StackName).definition
      : requireChangeSet(state, ChangeSetName, StackName).definition;
  // What only has a change set has no template yet.
  if (definition === undefined) return { TemplateBody: '{}', StagesAvailable: ['Original', 'Processed'] };
  const hasTransform = definition.template.Transform !== undefined;
  const isProcessed = TemplateStage === 'Processed' && hasTransform;
  return {
    TemplateBody: isProcessed ? JSON.stringify(definition.template) : definition.templateText,
    StagesAvailable: ['Original', 'Processed'],
  };
}
