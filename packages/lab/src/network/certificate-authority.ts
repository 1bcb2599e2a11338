import { createPrivateKey, webcrypto } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

/** The lab's own certificate authority. Its private key, and those of the certificates it signs, never leave memory. */
export interface CertificateAuthority {
  /** What a client must trust, as PEM. */
  readonly certificate: string;
  /** A server's certificate for these names; `*.` stands for one label. */
  issue(names: readonly string[]): Promise<SecureContext>;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const LIFETIME_MS = 30 * 86_400_000;
// Clocks in an instance are the wall's; a certificate that starts now could be refused a moment later by a stepped clock.
const BACKDATED_MS = 86_400_000;

/** `wallNow` is the wall's clock: certificates are checked against it, not against lab time. */
export async function createCertificateAuthority(wallNow: () => number): Promise<CertificateAuthority> {
  // Loaded here because it takes a tenth of a second, which a lab without processes need not spend.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const validity = { notBefore: new Date(wallNow() - BACKDATED_MS), notAfter: new Date(wallNow() + LIFETIME_MS) };
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: 'CN=Directrix lab',
    signingAlgorithm: ALGORITHM,
    keys: keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });

  async function issue(names: readonly string[]): Promise<SecureContext> {
    const leafKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const leaf = await x509.X509CertificateGenerator.create({
      ...validity,
      issuer: authority.subject,
      subject: `CN=${names[0]}`,
      signingAlgorithm: ALGORITHM,
      signingKey: keys.privateKey,
      publicKey: leafKeys.publicKey,
      extensions: [
        new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
      ],
    });
    return createSecureContext({ cert: leaf.toString('pem'), key: await exportPem(leafKeys.privateKey) });
  }

  return { certificate: authority.toString('pem'), issue };
}

async function exportPem(key: webcrypto.CryptoKey): Promise<string> {
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();
}
