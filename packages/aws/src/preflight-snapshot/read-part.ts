import type { Read } from '@directrix/preflight';
import { DirectrixError } from '@directrix/rollout';
import { awsCodeOf } from '../clients/aws-failure.js';

/** Codes of AWS's final answer to one call. Everything else (no network, no credentials) is the whole snapshot's failure. */
const finalCodes: ReadonlySet<string> = new Set(['ACCESS_DENIED', 'AWS_REFUSED']);

/** What was read; or, when AWS refuses the call (not allowed, or no such operation there), the reason in a sentence. Rejects otherwise. */
export async function readPart<T>(read: () => Promise<T>): Promise<Read<T>> {
  try {
    return { kind: 'read', value: await read() };
  } catch (error) {
    if (!(error instanceof DirectrixError) || !finalCodes.has(error.code)) throw error;
    return { kind: 'unread', because: error.message };
  }
}

/** Whether whoever answered does not know the operation at all: an emulator has none of the things that it would list. */
export function isUnknownOperation(error: unknown): boolean {
  // MissingAction: it takes Route 53's REST for a query.
  return /^(InvalidAction|MissingAction|UnknownOperation|UnsupportedOperation|NotImplemented|InvalidRequestURI|UnknownService)/.test(
    awsCodeOf(error) ?? '',
  );
}

/** What follows from a part; unread when the part is. */
export function mapRead<T, U>(part: Read<T>, map: (value: T) => U): Read<U> {
  return part.kind === 'read' ? { kind: 'read', value: map(part.value) } : part;
}
