import type { GetParameterCommandInput, GetParameterResult } from '@aws-sdk/client-ssm';
import type { OperationContext } from '../../../control-plane/types.js';
import { findParameter, parseParameterReference, selectVersion } from '../parameter-reference.js';
import { describeParameter } from '../parameter-value.js';

export function getParameter(input: GetParameterCommandInput, { state }: OperationContext): GetParameterResult {
  const { name, selector } = parseParameterReference(input.Name!, state);
  const version = selectVersion(findParameter(state, name), selector);
  return { Parameter: describeParameter(state, version, { isDecrypted: input.WithDecryption, selector }) };
}
