// Reading Parameter Store in as few round trips as it allows: known names in tens and in parallel, unknown ones by path and page.
//
//   T1. DescribeParameters is never called: its quota is too small for a fleet that boots.
//   T2. A page may be empty and have a token: paging ends when there is no token (aws-sdk-js-v3#5928).
//   T3. Values leave this module only in its result.
//   T4. Known names cost one round trip, however many they are.
import { GetParametersByPathCommand, GetParametersCommand } from '@aws-sdk/client-ssm';
import { refuse } from './secrets-error.js';

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

/** Sends one request with whatever retries and deadline are in force. */
export interface Caller {
  (request: GetParametersCommand): Promise<GetParametersAnswer>;
  (request: GetParametersByPathCommand): Promise<GetParametersAnswer & { readonly NextToken?: string }>;
}

interface GetParametersAnswer {
  readonly Parameters?: readonly { readonly Name?: string; readonly Value?: string; readonly Version?: number }[];
}

/** Every parameter below `path`, all levels deep. */
export async function readByPath(path: string, call: Caller): Promise<StoredParameters> {
  const found = new Map<string, StoredParameter>();
  let NextToken: string | undefined;
  for (let page = 0; page < maxPages; page++) {
    const answer = await call(
      new GetParametersByPathCommand({
        Path: path,
        Recursive: true,
        WithDecryption: true,
        MaxResults: batchSize,
        NextToken,
      }),
    );
    addAll(found, answer);
    NextToken = answer.NextToken;
    if (!NextToken) return found;
  }
  throw refuse('path', 'PATH_TOO_LARGE', `there are more than ${maxPages} pages of parameters below ${path}`);
}

/**
 * The named parameters, in tens and all tens at once. A name may carry a selector (`/app/KEY:3`); the result is by name without
 * it. Names, versions and labels that do not exist are missing from the result.
 */
export async function readByNames(names: readonly string[], call: Caller): Promise<StoredParameters> {
  const batches: string[][] = [];
  for (let start = 0; start < names.length; start += batchSize) batches.push(names.slice(start, start + batchSize));
  const answers = await Promise.all(
    batches.map((Names) => call(new GetParametersCommand({ Names, WithDecryption: true }))),
  );
  const found = new Map<string, StoredParameter>();
  for (const answer of answers) addAll(found, answer);
  return found;
}

function addAll(found: Map<string, StoredParameter>, { Parameters = [] }: GetParametersAnswer): void {
  for (const { Name, Value, Version } of Parameters) {
    if (Name !== undefined && Value !== undefined) found.set(Name, { value: Value, version: Version ?? 0 });
  }
}
