import type { DeleteParameterCommandInput } from '@aws-sdk/client-ssm';
import type { OperationContext } from '../../../control-plane/types.js';
import { findParameter, parameterKey, parseParameterReference } from '../parameter-reference.js';

export function deleteParameter(input: DeleteParameterCommandInput, { state }: OperationContext): object {
  const { name } = parseParameterReference(input.Name!, state);
  state.ssm.parameters.delete(parameterKey(findParameter(state, name).name));
  return {};
}
