// post: how a message to a receiver of somebody's is signed, and what is said of one that did not arrive.
import { createHmac } from 'node:crypto';

/** The header of a signature. */
const signatureHeader = 'x-directrix-signature';

/**
 * `t=1541919840,v1=<hex>`: the HMAC-SHA256 with the secret of the seconds, a dot and the body. The receiver computes it again, and drops
 * what is older than it likes.
 */
export function sign(body: string, secret: string, at: number): string {
  const seconds = Math.floor(at / 1_000);
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

export function headersFor(body: string, secret: string | undefined, at: number): Readonly<Record<string, string>> {
  const plain = { 'content-type': 'application/json', 'user-agent': 'directrix' };
  return secret === undefined ? plain : { ...plain, [signatureHeader]: sign(body, secret, at) };
}

/** `ECONNREFUSED`, `ENOTFOUND`: a code, without the address, which may be a secret. */
export function codeOfPostFailure(error: unknown): string {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code === 'string' && /^\w+$/.test(code)) return code;
  }
  return 'NO_ANSWER';
}
