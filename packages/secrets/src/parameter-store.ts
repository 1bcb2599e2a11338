// Reading Parameter Store in as few round trips as it allows: known names in tens and in parallel, unknown ones by path and page.
//
//   T1. DescribeParameters is never called: its quota is too small for a fleet that boots.
//   T2. A page may be empty and have a token: paging ends when there is no token (aws-sdk-js-v3#5928).
//   T3. Values leave this module only in its result.
import { GetParametersByPathCommand, GetParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';

/** GetParameters takes ten names, GetParametersByPath gives ten. */
const batchSize = 10;
/** A path with more pages is not an application's: 10,000 parameters are an account's standard limit. */
const maxPages = 1_000;

export interface StoredParameter {
  readonly value: string;
  readonly version: number;
}

/** By full parameter name. */
export type StoredParameters = ReadonlyMap<string, StoredParameter>;

/** Makes one SDK call with whatever retries and deadline are in force. */
export type Caller = <T>(call: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Every parameter below `path`, all levels deep. */
export async function readByPath(client: SSMClient, path: string, call: Caller): Promise<StoredParameters> {
  const found = new Map<string, StoredParameter>();
  let NextToken: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const token = NextToken;
    const answer = await call((abortSignal) =>
      client.send(
        new GetParametersByPathCommand({
          Path: path,
          Recursive: true,
          WithDecryption: true,
          MaxResults: batchSize,
          NextToken: token,
        }),
        { abortSignal },
      ),
    );
    for (const parameter of answer.Parameters ?? []) {
      found.set(parameter.Name!, { value: parameter.Value!, version: parameter.Version! });
    }
    NextToken = answer.NextToken;
    if (NextToken === undefined || NextToken === '') return found;
  }
  throw new Error(`more than ${maxPages} pages below ${path}`);
}

/**
 * The named parameters, in tens and all tens at once. A name may carry a selector (`/app/KEY:3`); the result is by name without
 * it. Names that do not exist are missing from the result.
 */
export async function readByNames(
  client: SSMClient,
  names: readonly string[],
  call: Caller,
): Promise<StoredParameters> {
  const batches: string[][] = [];
  for (let start = 0; start < names.length; start += batchSize) batches.push(names.slice(start, start + batchSize));
  const answers = await Promise.all(
    batches.map((Names) =>
      call((abortSignal) => client.send(new GetParametersCommand({ Names, WithDecryption: true }), { abortSignal })),
    ),
  );
  const found = new Map<string, StoredParameter>();
  for (const { Parameters = [] } of answers) {
    for (const parameter of Parameters)
      found.set(parameter.Name!, { value: parameter.Value!, version: parameter.Version! });
  }
  return found;
}
