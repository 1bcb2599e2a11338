import { createHash } from 'node:crypto';
import type { Parameter, ParameterHistory } from '@aws-sdk/client-ssm';
import type { LabState } from '../../control-plane/types.js';
import { parameterArn } from './parameter-reference.js';

/** The key that encrypts a SecureString for which no other is named. Everybody in the account may decrypt with it. */
export const DEFAULT_KEY_ID = 'alias/aws/ssm';

/** The value as the caller may see it: a SecureString that is not decrypted is opaque, and of one length for all values. */
export function revealValue(version: ParameterHistory, isDecrypted: boolean | undefined): string | undefined {
  if (version.Type !== 'SecureString' || isDecrypted === true) return version.Value;
  const seal = createHash('sha512').update(`${version.KeyId}\n${version.Name}\n${version.Version}\n${version.Value}`);
  return `AQICAHh${seal.digest('base64').replace(/=+$/, '')}`;
}

/** A version in the shape of GetParameter. */
export function describeParameter(
  state: LabState,
  version: ParameterHistory,
  { isDecrypted, selector }: { readonly isDecrypted: boolean | undefined; readonly selector?: string | undefined },
): Parameter {
  return {
    Name: version.Name,
    Type: version.Type,
    Value: revealValue(version, isDecrypted),
    Version: version.Version,
    ...(selector === undefined ? {} : { Selector: `:${selector}` }),
    LastModifiedDate: version.LastModifiedDate,
    ARN: parameterArn(state, version.Name!),
    DataType: version.DataType,
  };
}

/** The ARN of a key, which may be given by id, alias or ARN. */
export function keyArn(state: LabState, keyId: string): string {
  if (keyId.startsWith('arn:')) return keyId;
  const resource = keyId.startsWith('alias/') ? keyId : `key/${keyId}`;
  return `arn:aws:kms:${state.region}:${state.accountId}:${resource}`;
}
