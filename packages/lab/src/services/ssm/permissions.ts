import type {
  GetParameterCommandInput,
  GetParametersByPathCommandInput,
  GetParametersCommandInput,
} from '@aws-sdk/client-ssm';
import type { LabState, Permission } from '../../control-plane/types.js';
import { currentVersion, lookUpParameter, parameterArn, parseParameterReference } from './parameter-reference.js';
import { DEFAULT_KEY_ID, keyArn } from './parameter-value.js';
import { listBelowPath } from './parameters-in-order.js';
import type { ParameterRecord } from './state.js';

type AnyInput = Partial<GetParameterCommandInput & GetParametersCommandInput & GetParametersByPathCommandInput> & {
  readonly ResourceId?: string;
};

/**
 * What an SSM request asks permission for. GetParametersByPath is judged by the ARN of its path alone: a recursive read of /a returns /a/b
 * even where /a/b is denied (SSM API reference). A customer's key also asks kms:Decrypt, the account's own does not.
 */
export function ssmPermissions(operationName: string, input: object, state: LabState): readonly Permission[] {
  const request = input as AnyInput;
  const action = `ssm:${operationName}`;
  if (operationName === 'DescribeParameters')
    return [{ action, resource: `arn:aws:ssm:${state.region}:${state.accountId}:*` }];
  const names = namesOf(request);
  const resources = names.map((name) => ({ action, resource: parameterArn(state, name) }));
  return [...resources, ...decryptions(request, names, state)];

  function namesOf({ Name, Names, Path, ResourceId }: AnyInput): readonly string[] {
    if (Path !== undefined) return [Path];
    return (Names ?? [Name ?? ResourceId ?? '']).map((text) => parseParameterReference(text, state).name);
  }
}

function decryptions(request: AnyInput, names: readonly string[], state: LabState): readonly Permission[] {
  if (request.WithDecryption !== true) return [];
  const records: readonly (ParameterRecord | undefined)[] =
    request.Path === undefined
      ? names.map((name) => lookUpParameter(state, name))
      : listBelowPath(state, request.Path, request.Recursive === true);
  const keyIds = new Set(records.flatMap((record) => (record && currentVersion(record).KeyId) ?? []));
  keyIds.delete(DEFAULT_KEY_ID);
  return [...keyIds].map((keyId) => ({ action: 'kms:Decrypt', resource: keyArn(state, keyId) }));
}
