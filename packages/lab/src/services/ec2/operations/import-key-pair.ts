import type { ImportKeyPairRequest, ImportKeyPairResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { readPublicKey } from '../key-material.js';
import { addKeyPair, checkKeyName } from '../key-pairs.js';
import { required } from '../refusals.js';
import { tagsFor, tagsOf } from '../tags.js';

export function importKeyPair(input: ImportKeyPairRequest, context: OperationContext): ImportKeyPairResult {
  const name = checkKeyName(input.KeyName, context);
  const key = readPublicKey(required(input.PublicKeyMaterial, 'publicKeyMaterial'));
  const tags = tagsFor('key-pair', input.TagSpecifications);
  const { KeyPairId = '' } = addKeyPair({ name, ...key }, tags, context);
  return {
    KeyPairId,
    KeyName: name,
    KeyFingerprint: key.fingerprint,
    Tags: [...tagsOf(context.state.ec2, KeyPairId)],
  };
}
