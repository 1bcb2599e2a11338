// secret-store: secrets as they are written and deleted.
//
//   V1. An error of a request that carries a value is told by its code alone: AWS's text may repeat the value.

import {
  DeleteParametersCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { DirectrixError } from '@directrix/rollout';
import { awsCodeOf } from '../clients/aws-failure.js';
import { chunk } from '../clients/page.js';
import { namesPerCall } from './read-parameters.js';

export interface NewValue {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  readonly keyId?: string;
  readonly isAdvanced: boolean;
  readonly isOverwriting: boolean;
}

/** Returns the version that was written. Throws SECRET_NOT_WRITTEN (V1), or what the way to AWS threw. */
export async function writeSecret(ssm: SSMClient, secret: NewValue): Promise<number> {
  const input: PutParameterCommandInput = {
    Name: secret.name,
    Value: secret.value,
    Type: secret.type as PutParameterCommandInput['Type'],
    KeyId: secret.type === 'SecureString' ? secret.keyId : undefined,
    Overwrite: secret.isOverwriting,
    // Left out, an advanced parameter stays one.
    Tier: secret.isAdvanced ? 'Advanced' : undefined,
  };
  try {
    const { Version } = await ssm.send(new PutParameterCommand(input));
    return Version ?? 0;
  } catch (error) {
    throw describeWriteFailure(error, secret.name);
  }
}

/** Deletes in tens. Throws SECRETS_PARTLY_DELETED when a later ten is refused; what refuses the first ten is thrown as it is. */
export async function deleteSecrets(ssm: SSMClient, names: readonly string[]): Promise<readonly string[]> {
  const deleted: string[] = [];
  for (const Names of chunk(names, namesPerCall)) {
    try {
      deleted.push(...((await ssm.send(new DeleteParametersCommand({ Names }))).DeletedParameters ?? []));
    } catch (error) {
      throw deleted.length === 0 ? error : partlyDeleted(deleted, names, error);
    }
  }
  return deleted;
}

function partlyDeleted(deleted: readonly string[], names: readonly string[], cause: unknown): DirectrixError {
  const left = names.filter((name) => !deleted.includes(name));
  const code = cause instanceof DirectrixError ? cause.code : 'UNEXPECTED';
  return new DirectrixError(
    'SECRETS_PARTLY_DELETED',
    `${deleted.length} of ${names.length} parameters were deleted, and then ${code}: ${left.join(', ')} may still be there.`,
    { source: 'ssm:DeleteParameters', cause, hint: 'run it again with those names' },
  );
}

const writeHints: Readonly<Record<string, string>> = {
  ParameterAlreadyExists: 'somebody wrote it meanwhile: look again',
  ParameterLimitExceeded: 'an account and region hold 10,000 standard parameters: delete some, or use --advanced',
  ParameterMaxVersionLimitExceeded:
    'a parameter keeps 100 versions, and the oldest has a label: take the label away (`aws ssm unlabel-parameter-version`)',
  ParameterPatternMismatchException: "the value does not match the parameter's AllowedPattern",
  HierarchyTypeMismatchException: 'a parameter keeps its type: write it under another name',
  HierarchyLevelLimitExceededException: 'a name has at most 15 levels',
  InvalidKeyId: 'the KMS key is not there, or not usable',
  TooManyUpdates: 'another writer is at it: try again',
};

function describeWriteFailure(error: unknown, name: string): unknown {
  const code = awsCodeOf(error) ?? 'UnknownError';
  if (error instanceof DirectrixError && error.code !== 'AWS_REFUSED') {
    // Said without AWS's text and without the cause: either may repeat the value.
    return new DirectrixError(error.code, `${name} was not written: ${code}.`, {
      kind: error.kind,
      hint: error.hint,
      source: name,
    });
  }
  return new DirectrixError('SECRET_NOT_WRITTEN', `${name} was not written: ${code}.`, {
    hint: writeHints[code] ?? "the text of AWS's answer is not shown, because it may repeat the value",
    source: 'ssm:PutParameter',
  });
}
