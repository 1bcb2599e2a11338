import type { UnlabelParameterVersionCommandInput, UnlabelParameterVersionResult } from '@aws-sdk/client-ssm';
import type { OperationContext } from '../../../control-plane/types.js';
import { findParameter, selectVersion } from '../parameter-reference.js';

export function unlabelParameterVersion(
  input: UnlabelParameterVersionCommandInput,
  { state }: OperationContext,
): UnlabelParameterVersionResult {
  const version = selectVersion(findParameter(state, input.Name!), String(input.ParameterVersion));
  const asked = [...new Set(input.Labels)];
  const present = version.Labels ?? [];
  version.Labels = present.filter((label) => !asked.includes(label));
  return {
    RemovedLabels: asked.filter((label) => present.includes(label)),
    InvalidLabels: asked.filter((label) => !present.includes(label)),
  };
}
