import type {
  GetTemplateSummaryInput,
  GetTemplateSummaryOutput,
  ValidateTemplateInput,
  ValidateTemplateOutput,
} from '@aws-sdk/client-cloudformation';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireStack } from '../stacks.js';
import { type CheckedTemplate, checkTemplate, parseTemplate } from '../template/check-template.js';
import { readTemplateOnly, requiredCapabilities } from '../template/definition.js';
import { dependenciesOf } from '../template/dependencies.js';
import { isSecret, type ParameterDeclaration } from '../template/parameters.js';
import { isRecord } from '../template/references.js';

export function getTemplateSummary(
  input: GetTemplateSummaryInput,
  context: OperationContext,
): GetTemplateSummaryOutput {
  const template =
    input.StackName === undefined
      ? readTemplateOnly(input, context)
      : parseTemplate(requireStack(context.state, input.StackName).definition?.templateText ?? '{}');
  const { capabilities, reason } = capabilitiesOf(template);
  return {
    Parameters: declarationsOf(template).map(([name, declaration]) => ({
      ParameterKey: name,
      ...(declaration.Default !== undefined && { DefaultValue: String(declaration.Default) }),
      ParameterType: String(declaration.Type),
      NoEcho: isSecret(declaration),
      ...(declaration.Description !== undefined && { Description: String(declaration.Description) }),
      ParameterConstraints: {
        ...(Array.isArray(declaration.AllowedValues) && { AllowedValues: declaration.AllowedValues.map(String) }),
      },
    })),
    ...(template.Description !== undefined && { Description: String(template.Description) }),
    ...(capabilities.length > 0 && { Capabilities: [...capabilities], CapabilitiesReason: reason }),
    ResourceTypes: [...new Set(Object.values(template.Resources ?? {}).map(({ Type }) => Type))],
    ...('AWSTemplateFormatVersion' in template && { Version: String(template.AWSTemplateFormatVersion) }),
    ...(template.Metadata !== undefined && { Metadata: JSON.stringify(template.Metadata) }),
    ...(template.Transform !== undefined && { DeclaredTransforms: [template.Transform].flat().map(String) }),
    ResourceIdentifierSummaries: [],
  };
}

/** Checks the form only; values are checked when a stack is made. */
export function validateTemplate(input: ValidateTemplateInput, context: OperationContext): ValidateTemplateOutput {
  const template = readTemplateOnly(input, context);
  checkTemplate(template);
  dependenciesOf(template.Resources ?? {});
  const { capabilities, reason } = capabilitiesOf(template);
  return {
    Parameters: declarationsOf(template).map(([name, declaration]) => ({
      ParameterKey: name,
      ...(declaration.Default !== undefined && { DefaultValue: String(declaration.Default) }),
      NoEcho: isSecret(declaration),
      ...(declaration.Description !== undefined && { Description: String(declaration.Description) }),
    })),
    ...(template.Description !== undefined && { Description: String(template.Description) }),
    ...(capabilities.length > 0 && { Capabilities: [...capabilities], CapabilitiesReason: reason }),
    ...(template.Transform !== undefined && { DeclaredTransforms: [template.Transform].flat().map(String) }),
  };
}

function declarationsOf({ Parameters }: CheckedTemplate): readonly (readonly [string, ParameterDeclaration])[] {
  return Object.entries(isRecord(Parameters) ? (Parameters as Readonly<Record<string, ParameterDeclaration>>) : {});
}

function capabilitiesOf(template: CheckedTemplate) {
  const capabilities = requiredCapabilities(template);
  const types = [...new Set(Object.values(template.Resources ?? {}).map(({ Type }) => Type))].filter((type) =>
    type.startsWith('AWS::IAM::'),
  );
  return { capabilities, reason: `The following resource(s) require capabilities: [${types.join(', ')}]` };
}
