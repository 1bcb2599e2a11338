import type { DeleteParametersCommandInput, DeleteParametersResult } from '@aws-sdk/client-ssm';
import type { OperationContext } from '../../../control-plane/types.js';
import { parameterKey } from '../parameter-reference.js';

export function deleteParameters(
  input: DeleteParametersCommandInput,
  { state }: OperationContext,
): DeleteParametersResult {
  const deleted: string[] = [];
  const invalid: string[] = [];
  for (const name of new Set(input.Names)) {
    (state.ssm.parameters.delete(parameterKey(name)) ? deleted : invalid).push(name);
  }
  return { DeletedParameters: deleted, InvalidParameters: invalid };
}
