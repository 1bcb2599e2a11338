import type { DeleteKeyPairRequest, DeleteKeyPairResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { keyPairNamed } from '../key-pairs.js';
import { missingParameter } from '../refusals.js';

/** One that is not there is deleted too, as AWS has it. */
export function deleteKeyPair(input: DeleteKeyPairRequest, context: OperationContext): DeleteKeyPairResult {
  const { ec2 } = context.state;
  const { KeyName: name, KeyPairId: id } = input;
  if (!name && !id) throw missingParameter('KeyName');
  const found = id ? ec2.keyPairs.get(id) : keyPairNamed(name ?? '', context);
  if (found?.KeyPairId === undefined) return { Return: true };
  ec2.keyPairs.delete(found.KeyPairId);
  ec2.tags.delete(found.KeyPairId);
  return { Return: true, KeyPairId: found.KeyPairId };
}
