// The store as the commands use it: names and versions without values where those will do.
//
//   V1. An error of a request that carries a value is told by its code alone: AWS's text may repeat the value.

import {
  DeleteParametersCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  type Parameter,
  type ParameterHistory,
  PutParameterCommand,
  type PutParameterCommandInput,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { awsCodeOf } from '@directrix/aws';
import { DirectrixError } from '@directrix/rollout';

export interface StoredSecret {
  readonly name: string;
  readonly type: string;
  readonly version: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
  /** In clear when it was asked for; else of a SecureString its ciphertext, which is of no use. */
  readonly value: string;
}

const namesPerCall = 10;
const mostPages = 1_000;

/** Everything below a path, in order of name. */
export async function readBelow(
  ssm: SSMClient,
  path: string,
  { isDecrypted }: { readonly isDecrypted: boolean },
): Promise<StoredSecret[]> {
  const found: StoredSecret[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const answer = await ssm.send(
      new GetParametersByPathCommand({ Path: path, Recursive: true, WithDecryption: isDecrypted, NextToken }),
    );
    found.push(...(answer.Parameters ?? []).map(describeParameter));
    NextToken = answer.NextToken;
    // An empty page may have a token: only its absence is the end.
    if (!NextToken) return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  throw new DirectrixError('PATH_TOO_LARGE', `There are more than ${mostPages} pages of parameters below ${path}.`);
}

/** Those of `names` that exist, by the name that was asked for. Names may carry a version: `/app/KEY:3`. */
export async function readNamed(
  ssm: SSMClient,
  names: readonly string[],
  { isDecrypted }: { readonly isDecrypted: boolean },
): Promise<ReadonlyMap<string, StoredSecret>> {
  const found = new Map<string, StoredSecret>();
  for (let start = 0; start < names.length; start += namesPerCall) {
    const Names = names.slice(start, start + namesPerCall);
    const answer = await ssm.send(new GetParametersCommand({ Names, WithDecryption: isDecrypted }));
    for (const parameter of answer.Parameters ?? []) {
      found.set(`${parameter.Name ?? ''}${parameter.Selector ?? ''}`, describeParameter(parameter));
    }
  }
  return found;
}

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

export async function deleteSecrets(ssm: SSMClient, names: readonly string[]): Promise<readonly string[]> {
  const deleted: string[] = [];
  for (let start = 0; start < names.length; start += namesPerCall) {
    const Names = names.slice(start, start + namesPerCall);
    deleted.push(...((await ssm.send(new DeleteParametersCommand({ Names }))).DeletedParameters ?? []));
  }
  return deleted;
}

/** Newest first, without values. */
export async function readHistory(ssm: SSMClient, name: string): Promise<ParameterHistory[]> {
  const versions: ParameterHistory[] = [];
  let NextToken: string | undefined;
  do {
    const answer = await ssm.send(new GetParameterHistoryCommand({ Name: name, WithDecryption: false, NextToken }));
    versions.push(...(answer.Parameters ?? []));
    NextToken = answer.NextToken;
  } while (NextToken);
  return versions.sort((a, b) => (b.Version ?? 0) - (a.Version ?? 0));
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
    return new DirectrixError(error.code, `${name} was not written: ${code}.`, { hint: error.hint, source: name });
  }
  return new DirectrixError('SECRET_NOT_WRITTEN', `${name} was not written: ${code}.`, {
    hint: writeHints[code] ?? "the text of AWS's answer is not shown, because it may repeat the value",
    source: 'ssm:PutParameter',
  });
}

function describeParameter({ Name, Type, Version, Value, LastModifiedDate }: Parameter): StoredSecret {
  return {
    name: Name ?? '',
    type: Type ?? 'String',
    version: Version ?? 0,
    modifiedAt: LastModifiedDate?.getTime() ?? 0,
    value: Value ?? '',
  };
}
