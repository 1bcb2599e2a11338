// key material: keys and their fingerprints in the forms that EC2 has them.
//
// The one place of the control plane that draws what no seed decides: a key that a seed gave would be no secret. Nothing in the books
// depends on the private half.
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { KeyType } from '@aws-sdk/client-ec2';
import { AwsError } from '../../control-plane/aws-error.js';

export interface PublicKey {
  readonly type: KeyType;
  readonly fingerprint: string;
  /** `ssh-rsa AAAA…` */
  readonly publicKey: string;
}

const RSA_BITS = 2048;

/** A new key pair. The material is PEM: PKCS#1 for RSA, OpenSSH's own form for ED25519, as EC2 gives them. */
export function createKey(type: KeyType): PublicKey & { readonly material: string } {
  if (type === 'ed25519') {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const blob = ed25519Blob(publicKey);
    return { ...describeEd25519(blob), material: ed25519Material(privateKey, blob) };
  }
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
  // EC2 gives the SHA-1 of the private key in PKCS#8 for keys that it made itself.
  const fingerprint = colons(digest('sha1', privateKey.export({ type: 'pkcs8', format: 'der' })));
  const blob = rsaBlob(publicKey);
  const material = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString().trimEnd();
  return { type: 'rsa', fingerprint, publicKey: line('ssh-rsa', blob), material };
}

/** A public key of the user's: OpenSSH's line, its base64 alone, or RFC 4716. Throws InvalidKey.Format. */
export function readPublicKey(given: Uint8Array): PublicKey {
  const text = Buffer.from(given).toString('utf8').trim();
  const blob = blobOf(text);
  const [kind, first, second] = fieldsOf(blob);
  if (kind?.toString() === 'ssh-ed25519' && first?.length === 32) return describeEd25519(blob);
  if (kind?.toString() !== 'ssh-rsa' || first === undefined || second === undefined) throw invalidKey();
  const key: JsonWebKey = { kty: 'RSA', e: unsigned(first), n: unsigned(second) };
  // And the MD5 of the public key for keys that were imported.
  const der = publicKeyOf(key).export({ type: 'spki', format: 'der' });
  return { type: 'rsa', fingerprint: colons(digest('md5', der)), publicKey: line('ssh-rsa', blob) };
}

function publicKeyOf(key: JsonWebKey): KeyObject {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    throw invalidKey();
  }
}

function invalidKey(): AwsError {
  return new AwsError('InvalidKey.Format', 'Key is not in valid OpenSSH public key format');
}

function blobOf(text: string): Buffer {
  const rfc4716 = /^---- BEGIN SSH2 PUBLIC KEY ----\s*\n(.*)\n---- END SSH2 PUBLIC KEY ----$/s.exec(text);
  const body = rfc4716?.[1]
    ?.split('\n')
    .filter((row) => !row.includes(':'))
    .join('');
  const encoded = body ?? /^(?:ssh-[a-z0-9]+\s+)?([A-Za-z0-9+/=]+)(?:\s.*)?$/.exec(text)?.[1];
  const blob = Buffer.from(encoded?.replaceAll(/\s/g, '') ?? '', 'base64');
  if (blob.length === 0) throw invalidKey();
  return blob;
}

/** SSH's wire format: each field is its length in four bytes, then its bytes (RFC 4251). */
function fieldsOf(blob: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let at = 0;
  while (at + 4 <= blob.length) {
    const length = blob.readUInt32BE(at);
    if (at + 4 + length > blob.length) throw invalidKey();
    fields.push(blob.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}

function field(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function rsaBlob(key: KeyObject): Buffer {
  const { e = '', n = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([field('ssh-rsa'), field(signed(e)), field(signed(n))]);
}

function ed25519Blob(key: KeyObject): Buffer {
  const { x = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([field('ssh-ed25519'), field(Buffer.from(x, 'base64url'))]);
}

/** OpenSSH's private key file, unencrypted (PROTOCOL.key of its sources). */
function ed25519Material(key: KeyObject, blob: Buffer): string {
  const { d = '', x = '' } = key.export({ format: 'jwk' });
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    blob,
    field(Buffer.concat([Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')])),
    field(''),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    one,
    field(blob),
    field(Buffer.concat([secret, padding])),
  ]);
  const rows = file.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...rows, '-----END OPENSSH PRIVATE KEY-----'].join('\n');
}

function describeEd25519(blob: Buffer): PublicKey {
  return {
    type: 'ed25519',
    fingerprint: createHash('sha256').update(blob).digest('base64'),
    publicKey: line('ssh-ed25519', blob),
  };
}

function line(kind: string, blob: Buffer): string {
  return `${kind} ${blob.toString('base64')}`;
}

/** A big number as SSH writes it: with a zero byte before a set sign bit. */
function signed(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

function unsigned(bytes: Buffer): string {
  return (bytes[0] === 0 ? bytes.subarray(1) : bytes).toString('base64url');
}

function digest(algorithm: string, bytes: Buffer): Buffer {
  return createHash(algorithm).update(bytes).digest();
}

function colons(bytes: Buffer): string {
  return bytes.toString('hex').match(/../g)?.join(':') ?? '';
}
