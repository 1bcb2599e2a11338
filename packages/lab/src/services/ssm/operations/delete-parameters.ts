import type { DeleteParametersCommandInput, DeleteParametersResult } from '@aws-sdk/client-ssm';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkNameCount } from '../name-count.js';

export function deleteParameters(
  input: DeleteParametersCommandInput,
  { state }: OperationContext,
): DeleteParametersResult {
  const deleted: string[] = [];
  const invalid: string[] = [];
  for (const name of checkNameCount(input.Names!)) {
    (state.ssm.parameters.delete(name) ? deleted : invalid).push(name);
  }
  return { DeletedParameters: deleted, InvalidParameters: invalid };
}
