// read-parameters: Parameter Store, for whoever reads it: the state of rollouts, the commands of secrets, preflight.
import {
  GetParametersCommand,
  type Parameter,
  type ParameterHistory,
  type ParameterMetadata,
  paginateDescribeParameters,
  paginateGetParameterHistory,
  paginateGetParametersByPath,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { DirectrixError } from '@directrix/rollout';
import { chunk, collectPages, TooManyPages } from '../clients/page.js';

/** A parameter as it is now. */
export interface StoredParameter {
  readonly name: string;
  /** `String`, `StringList` or `SecureString`. */
  readonly type: string;
  readonly version: number;
  /** By Parameter Store's clock. Epoch milliseconds. */
  readonly modifiedAt: number;
  /** In clear when it was asked for; else of a SecureString its ciphertext, which is of no use. */
  readonly value: string;
}

/** AWS takes at most 10 names in one call, and gives at most 10 parameters of a path. */
export const namesPerCall = 10;

/** Those of `names` that exist, by the name that was asked for. A name may carry a version: `/app/KEY:3`. */
export async function readParameters(
  ssm: SSMClient,
  names: readonly string[],
  { isDecrypted }: { readonly isDecrypted: boolean },
): Promise<ReadonlyMap<string, StoredParameter>> {
  const found = new Map<string, StoredParameter>();
  for (const Names of chunk(names, namesPerCall)) {
    const answer = await ssm.send(new GetParametersCommand({ Names, WithDecryption: isDecrypted }));
    for (const parameter of answer.Parameters ?? [])
      found.set(`${parameter.Name ?? ''}${parameter.Selector ?? ''}`, describeParameter(parameter));
  }
  return found;
}

/** Everything below a path, or only what is directly below it, in order of name. Throws PATH_TOO_LARGE. */
export async function readParametersBelow(
  ssm: SSMClient,
  path: string,
  { isDecrypted, isRecursive = true }: { readonly isDecrypted: boolean; readonly isRecursive?: boolean },
): Promise<StoredParameter[]> {
  const input = { Path: path, Recursive: isRecursive, WithDecryption: isDecrypted, MaxResults: namesPerCall };
  const found = await collectPages(
    paginateGetParametersByPath({ client: ssm }, input),
    (page) => (page.Parameters ?? []).map(describeParameter),
    { pagesMax: 1_000 },
  ).catch((error: unknown) => {
    if (!(error instanceof TooManyPages)) throw error;
    throw new DirectrixError(
      'PATH_TOO_LARGE',
      `There are more than ${error.pagesMax} pages of parameters below ${path}.`,
      { source: path, hint: 'name a path further down' },
    );
  });
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What is said of parameters without their values: of all, or of those below a path. */
export async function describeParameters(
  ssm: SSMClient,
  { below }: { readonly below?: string } = {},
): Promise<ParameterMetadata[]> {
  const filter = { Key: 'Path', Option: 'Recursive', Values: [below?.replace(/(.)\/$/, '$1') ?? '/'] };
  return collectPages(
    paginateDescribeParameters(
      { client: ssm },
      { ...(below === undefined ? {} : { ParameterFilters: [filter] }), MaxResults: 50 },
    ),
    (page) => page.Parameters,
  );
}

/** The versions of a parameter, the newest first, without values in clear. */
export async function readParameterHistory(ssm: SSMClient, name: string): Promise<ParameterHistory[]> {
  const versions = await collectPages(
    paginateGetParameterHistory({ client: ssm }, { Name: name, WithDecryption: false }),
    (page) => page.Parameters,
  );
  return versions.sort((a, b) => (b.Version ?? 0) - (a.Version ?? 0));
}

function describeParameter({ Name, Type, Version, Value, LastModifiedDate }: Parameter): StoredParameter {
  return {
    name: Name ?? '',
    type: Type ?? 'String',
    version: Version ?? 0,
    modifiedAt: LastModifiedDate?.getTime() ?? 0,
    value: Value ?? '',
  };
}
