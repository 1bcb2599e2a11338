import { DeleteParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';
import { chunk } from '../clients/page.js';
import {
  namesPerCall,
  readParameters,
  readParametersBelow,
  type StoredParameter,
} from '../parameters/read-parameters.js';

export type { StoredParameter };

/** Those of `names` that exist. */
export function getParameters(
  clients: AwsClients,
  names: readonly string[],
): Promise<ReadonlyMap<string, StoredParameter>> {
  return readParameters(clients.ssm, names, { isDecrypted: false });
}

/** Those directly below `path`. */
export function getParametersBelow(clients: AwsClients, path: string): Promise<StoredParameter[]> {
  return readParametersBelow(clients.ssm, path, { isDecrypted: false, isRecursive: false });
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
