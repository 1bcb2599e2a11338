import type { LabelParameterVersionCommandInput, LabelParameterVersionResult } from '@aws-sdk/client-ssm';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { findParameter, selectVersion } from '../parameter-reference.js';

const MOST_LABELS = 10;

/** A label is on one version only: given to another, it moves. Labels that no version can have come back in InvalidLabels. */
export function labelParameterVersion(
  input: LabelParameterVersionCommandInput,
  { state }: OperationContext,
): LabelParameterVersionResult {
  const record = findParameter(state, input.Name!);
  const version = selectVersion(
    record,
    input.ParameterVersion === undefined ? undefined : String(input.ParameterVersion),
  );
  const asked = [...new Set(input.Labels)];
  const valid = asked.filter(isLabel);
  const labels = [...new Set([...(version.Labels ?? []), ...valid])];
  if (labels.length > MOST_LABELS) {
    throw new AwsError(
      'ParameterVersionLabelLimitExceeded',
      `A parameter version can have maximum ${MOST_LABELS} labels.Move one or more labels to another version and try again.`,
    );
  }
  for (const other of record.versions) other.Labels = other.Labels?.filter((label) => !valid.includes(label)) ?? [];
  version.Labels = labels;
  return { InvalidLabels: asked.filter((label) => !isLabel(label)), ParameterVersion: version.Version };
}

function isLabel(label: string): boolean {
  return /^[A-Za-z_.-][\w.-]{0,99}$/.test(label) && !/^(aws|ssm)/i.test(label);
}
