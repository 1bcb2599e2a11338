// sight: what one look at a check came to, in codes. Pure.
import type { CheckResult } from '../check.js';
import type { RequestPhase } from '../request.js';

/** What is wrong, without the words of the server: they may hold anything. */
export type Trouble =
  | { readonly kind: 'failure'; readonly phase: RequestPhase; readonly code: string }
  | { readonly kind: 'mismatch'; readonly codes: readonly string[]; readonly statusCode: number }
  /** The certificate ends in so many days. */
  | { readonly kind: 'certificate'; readonly daysLeft: number; readonly daysLeast: number };

export type Sight =
  | { readonly kind: 'good' }
  | { readonly kind: 'bad'; readonly trouble: Trouble }
  /** Bad, but the control targets do not answer either: it says nothing of the site. */
  | { readonly kind: 'cutOff'; readonly trouble: Trouble };

/** The site itself. A certificate that ends soon is no trouble of it: see certificateSight. */
export function siteSight({ result, mismatches }: CheckResult): Sight {
  if (result.kind === 'failure')
    return { kind: 'bad', trouble: { kind: 'failure', phase: result.phase, code: result.code } };
  const codes = mismatches.map(({ code }) => code).filter((code) => code !== 'CERTIFICATE_EXPIRES');
  if (codes.length === 0) return { kind: 'good' };
  return { kind: 'bad', trouble: { kind: 'mismatch', codes, statusCode: result.statusCode } };
}

/** Its certificate; undefined when this look did not show one. */
export function certificateSight({ result, mismatches }: CheckResult): Sight | undefined {
  if (result.certificate === undefined) return undefined;
  const expiring = mismatches.find((mismatch) => mismatch.code === 'CERTIFICATE_EXPIRES');
  if (expiring?.code !== 'CERTIFICATE_EXPIRES') return { kind: 'good' };
  const { daysLeft, daysLeast } = expiring;
  return { kind: 'bad', trouble: { kind: 'certificate', daysLeft, daysLeast } };
}
