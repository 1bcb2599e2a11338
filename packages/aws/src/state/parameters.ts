import {
  DeleteParametersCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  type Parameter,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';
import { chunk, collectPages } from '../clients/page.js';

/** A String parameter as it is now. */
export interface StoredParameter {
  readonly name: string;
  readonly value: string;
  /** By Parameter Store's clock. Epoch milliseconds. */
  readonly modifiedAt: number;
}

/** AWS takes at most 10 names in one call. */
const namesPerCall = 10;

/** Those of `names` that exist. */
export async function getParameters(
  clients: AwsClients,
  names: readonly string[],
): Promise<ReadonlyMap<string, StoredParameter>> {
  const found = new Map<string, StoredParameter>();
  for (const Names of chunk(names, namesPerCall)) {
    const answer = await clients.ssm.send(new GetParametersCommand({ Names }));
    for (const parameter of answer.Parameters ?? []) found.set(parameter.Name ?? '', readParameter(parameter));
  }
  return found;
}

/** Those directly below `path`. */
export async function getParametersBelow(clients: AwsClients, path: string): Promise<StoredParameter[]> {
  return collectPages(async (NextToken) => {
    const page = await clients.ssm.send(new GetParametersByPathCommand({ Path: path, MaxResults: 10, NextToken }));
    return { items: (page.Parameters ?? []).map(readParameter), next: page.NextToken };
  });
}

/** Creates the parameter; false when it exists. Parameter Store lets exactly one creator win: a compare-and-set. */
export async function createParameter(clients: AwsClients, name: string, value: string): Promise<boolean> {
  try {
    await clients.ssm.send(new PutParameterCommand({ Name: name, Value: value, Type: 'String', Overwrite: false }));
    return true;
  } catch (error) {
    if (awsCodeOf(error) === 'ParameterAlreadyExists') return false;
    throw error;
  }
}

export async function putParameter(clients: AwsClients, name: string, value: string): Promise<void> {
  await clients.ssm.send(new PutParameterCommand({ Name: name, Value: value, Type: 'String', Overwrite: true }));
}

/** Those that do not exist are as wanted. */
export async function deleteParameters(clients: AwsClients, names: readonly string[]): Promise<void> {
  for (const Names of chunk(names, namesPerCall)) await clients.ssm.send(new DeleteParametersCommand({ Names }));
}

function readParameter({ Name, Value, LastModifiedDate }: Parameter): StoredParameter {
  return { name: Name ?? '', value: Value ?? '', modifiedAt: LastModifiedDate?.getTime() ?? 0 };
}
