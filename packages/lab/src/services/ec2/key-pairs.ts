// key pairs: names for public keys. The private half is made here, handed out once and forgotten.
import type { KeyPairInfo, KeyType, Tag } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../control-plane/types.js';
import { invalidParameterValue, required } from './refusals.js';
import { kindOf } from './resources.js';
import { putTags } from './tags.js';

interface NewKeyPair {
  readonly name: string;
  readonly type: KeyType;
  readonly fingerprint: string;
  /** `ssh-rsa AAAA…`, as an instance's `authorized_keys` has it. */
  readonly publicKey: string;
}

export function keyPairNamed(name: string, { state }: ControlPlaneContext): KeyPairInfo | undefined {
  return [...state.ec2.keyPairs.values()].find(({ KeyName }) => KeyName === name);
}

/** Throws InvalidKeyPair.NotFound. */
export function requireKeyPair(name: string, context: ControlPlaneContext): KeyPairInfo {
  const found = keyPairNamed(name, context);
  if (found !== undefined) return found;
  throw new AwsError(kindOf('keyPair').notFound, kindOf('keyPair').text(name));
}

/** The name, when it is free. Throws InvalidKeyPair.Duplicate, and InvalidParameterValue for one that is too long. */
export function checkKeyName(given: string | undefined, context: ControlPlaneContext): string {
  const name = required(given, 'KeyName');
  // EC2 takes up to 255 ASCII characters, and no space at either end.
  if (name.length > 255 || !/^[\x20-\x7e]+$/.test(name) || name.trim() !== name)
    throw invalidParameterValue(`Value for parameter KeyName is invalid. Invalid key pair name`);
  if (keyPairNamed(name, context) === undefined) return name;
  throw new AwsError('InvalidKeyPair.Duplicate', `The keypair '${name}' already exists.`);
}

export function addKeyPair(
  { name, type, fingerprint, publicKey }: NewKeyPair,
  tags: readonly Tag[],
  context: ControlPlaneContext,
): KeyPairInfo {
  const { ec2 } = context.state;
  const keyPairId = context.ids.hex('key-', 17);
  const info: KeyPairInfo = {
    KeyPairId: keyPairId,
    KeyName: name,
    KeyType: type,
    KeyFingerprint: fingerprint,
    PublicKey: publicKey,
    CreateTime: new Date(context.now),
  };
  ec2.keyPairs.set(keyPairId, info);
  putTags(ec2, keyPairId, tags);
  return info;
}
