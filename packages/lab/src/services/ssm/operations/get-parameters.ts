import type { GetParametersCommandInput, GetParametersResult, Parameter } from '@aws-sdk/client-ssm';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { LabState, OperationContext } from '../../../control-plane/types.js';
import { findParameter, parseParameterReference, selectVersion } from '../parameter-reference.js';
import { describeParameter } from '../parameter-value.js';

/** Names that do not exist come back in InvalidParameters, versions and labels that do not exist too. */
export function getParameters(input: GetParametersCommandInput, { state }: OperationContext): GetParametersResult {
  const names = new Set(input.Names);
  const found: Parameter[] = [];
  const invalid: string[] = [];
  for (const name of names) {
    const parameter = lookUp(state, name, input.WithDecryption);
    if (parameter === undefined) invalid.push(name);
    else found.push(parameter);
  }
  return { Parameters: found, InvalidParameters: invalid };
}

function lookUp(state: LabState, text: string, isDecrypted: boolean | undefined): Parameter | undefined {
  const { name, selector } = parseParameterReference(text, state);
  try {
    return describeParameter(state, selectVersion(findParameter(state, name), selector), { isDecrypted, selector });
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}
