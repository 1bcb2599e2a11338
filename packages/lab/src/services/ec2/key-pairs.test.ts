import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createKeyPair } from './operations/create-key-pair.js';
import { deleteKeyPair } from './operations/delete-key-pair.js';
import { describeKeyPairs } from './operations/describe-key-pairs.js';
import { importKeyPair } from './operations/import-key-pair.js';
import { runInstances } from './operations/run-instances.js';
import { createEc2Context, createTestNetwork, refusal } from './test-network.js';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));
const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEV4YW1wbGVFeGFtcGxlRXhhbXBsZUV4YW1wbGVFeGFt nobody@example.org';

describe('a key pair', () => {
  test('of RSA is a private key that fits its public one, handed out once', () => {
    const context = createEc2Context();
    const { KeyMaterial = '', KeyFingerprint, KeyPairId } = createKeyPair({ KeyName: 'packer_1' }, context);
    expect(KeyMaterial).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    expect(KeyFingerprint).toMatch(/^([0-9a-f]{2}:){19}[0-9a-f]{2}$/);
    const [pair] = describeKeyPairs({ KeyNames: ['packer_1'], IncludePublicKey: true }, context).KeyPairs ?? [];
    expect(pair).toMatchObject({ KeyPairId, KeyFingerprint, KeyType: 'rsa' });
    // The same key once more, as a user would import it.
    importKeyPair({ KeyName: 'copy', PublicKeyMaterial: bytes(pair?.PublicKey ?? '') }, context);
    const wire = Buffer.from(pair?.PublicKey?.split(' ')[1] ?? '', 'base64');
    const privateKey = createPrivateKey(KeyMaterial);
    const modulus = Buffer.from(privateKey.export({ format: 'jwk' }).n ?? '', 'base64url');
    expect(wire.includes(modulus)).toBe(true);
    const message = Buffer.from('hello');
    expect(verify('sha256', message, createPublicKey(KeyMaterial), sign('sha256', message, privateKey))).toBe(true);
  });

  test('of ED25519 is in the form of OpenSSH', () => {
    const context = createEc2Context();
    const { KeyMaterial = '' } = createKeyPair({ KeyName: 'a', KeyType: 'ed25519' }, context);
    const [first, ...rest] = KeyMaterial.split('\n');
    expect([first, rest.pop()]).toEqual(['-----BEGIN OPENSSH PRIVATE KEY-----', '-----END OPENSSH PRIVATE KEY-----']);
    const file = Buffer.from(rest.join(''), 'base64');
    const [pair] = describeKeyPairs({ IncludePublicKey: true }, context).KeyPairs ?? [];
    const wire = Buffer.from(pair?.PublicKey?.split(' ')[1] ?? '', 'base64');
    // The public key is in it twice: in front, and with the private one.
    expect(file.subarray(0, 15).toString()).toBe('openssh-key-v1\0');
    expect(file.indexOf(wire, file.indexOf(wire) + 1)).toBeGreaterThan(0);
  });

  test('is imported from a line of OpenSSH, with the fingerprint that ssh-keygen shows', () => {
    const context = createEc2Context();
    expect(importKeyPair({ KeyName: 'mine', PublicKeyMaterial: bytes(ed25519) }, context)).toMatchObject({
      KeyFingerprint: 'qTXPj100tWr9hiJJm/RqHtjGHmjV0wXLKcUvB0oQKY8=',
    });
    expect(refusal(() => importKeyPair({ KeyName: 'bad', PublicKeyMaterial: bytes('no key') }, context))).toEqual({
      code: 'InvalidKey.Format',
      message: 'Key is not in valid OpenSSH public key format',
    });
  });

  test('has a name that no other has, is found by name or id, and is deleted, twice if need be', () => {
    const context = createEc2Context();
    const { KeyPairId = '' } = importKeyPair({ KeyName: 'mine', PublicKeyMaterial: bytes(ed25519) }, context);
    expect(refusal(() => createKeyPair({ KeyName: 'mine', KeyType: 'ed25519' }, context)).code).toBe(
      'InvalidKeyPair.Duplicate',
    );
    expect(describeKeyPairs({ KeyPairIds: [KeyPairId] }, context).KeyPairs).toHaveLength(1);
    expect(describeKeyPairs({ KeyNames: ['mine'] }, context).KeyPairs?.[0]).not.toHaveProperty('PublicKey');
    expect(deleteKeyPair({ KeyName: 'mine' }, context)).toEqual({ Return: true, KeyPairId });
    expect(deleteKeyPair({ KeyName: 'mine' }, context)).toEqual({ Return: true });
    expect(refusal(() => describeKeyPairs({ KeyNames: ['mine'] }, context))).toEqual({
      code: 'InvalidKeyPair.NotFound',
      message: "The key pair 'mine' does not exist",
    });
  });

  test('that is not there launches nothing', () => {
    const { context, imageId: ImageId, subnetId: SubnetId } = createTestNetwork();
    const launch = { ImageId, SubnetId, InstanceType: 't3.micro' as const, MinCount: 1, MaxCount: 1 };
    expect(refusal(() => runInstances({ ...launch, KeyName: 'nobody' }, context)).code).toBe('InvalidKeyPair.NotFound');
    importKeyPair({ KeyName: 'mine', PublicKeyMaterial: bytes(ed25519) }, context);
    expect(runInstances({ ...launch, KeyName: 'mine' }, context).Instances?.[0]?.KeyName).toBe('mine');
  });
});
