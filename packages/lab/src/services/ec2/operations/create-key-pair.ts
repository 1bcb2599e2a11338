import type { CreateKeyPairRequest, KeyPair } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { createKey } from '../key-material.js';
import { addKeyPair, checkKeyName } from '../key-pairs.js';
import { notEmulated } from '../refusals.js';
import { tagsFor, tagsOf } from '../tags.js';

/** RSA of 2,048 bits or ED25519, as PEM. The private key is in this answer and nowhere else. */
export function createKeyPair(input: CreateKeyPairRequest, context: OperationContext): KeyPair {
  const name = checkKeyName(input.KeyName, context);
  if (input.KeyFormat === 'ppk') throw notEmulated('key material in the format ppk');
  const tags = tagsFor('key-pair', input.TagSpecifications);
  const { material, ...key } = createKey(input.KeyType ?? 'rsa');
  const { KeyPairId = '' } = addKeyPair({ name, ...key }, tags, context);
  return {
    KeyPairId,
    KeyName: name,
    KeyFingerprint: key.fingerprint,
    KeyMaterial: material,
    Tags: [...tagsOf(context.state.ec2, KeyPairId)],
  };
}
