// Writing until it is written, refused, or not to be known: throttling passes, and a lost answer is looked up.
import { isPassing, type NewValue, readParameters, writeSecret } from '@directrix/aws';
import { DirectrixError } from '@directrix/rollout';
import type { SecretsWork } from './perform-secrets.js';

export type WriteOutcome =
  | { readonly kind: 'written'; readonly version: number }
  /** AWS said no: the parameter is as it was. */
  | { readonly kind: 'refused'; readonly error: DirectrixError }
  /** The request was sent, no answer came, and the parameter could not be looked at: it may have been written. */
  | { readonly kind: 'unknown'; readonly error: DirectrixError };

/** Before the second, third, … try, in milliseconds, on top of what the SDK tries by itself. */
const waitsMs = [500, 1_000, 2_000, 4_000, 8_000];
/** Tries at most of what fails by waiting: each costs the SDK's own time limits. */
const mostLostTries = 2;
/** AWS may have done what it was asked, and nobody heard. */
const lostCodes: ReadonlySet<string> = new Set(['ENDPOINT_UNREACHABLE', 'AWS_UNAVAILABLE']);

/** Rejects with what is no failure of the call: a defect. Ends early, with the last failure, when the signal aborts. */
export async function writeUntilKnown(
  { ssm, world }: SecretsWork,
  secret: NewValue,
  signal: AbortSignal,
): Promise<WriteOutcome> {
  let mayBeWritten = false;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return { kind: 'written', version: await writeSecret(ssm, secret) };
    } catch (error) {
      if (!(error instanceof DirectrixError)) throw error;
      mayBeWritten ||= lostCodes.has(error.code);
      const seen = mayBeWritten ? await lookAt(ssm, secret) : undefined;
      if (typeof seen === 'object') return seen;
      if (seen === 'other') mayBeWritten = false;
      const waitMs = lostCodes.has(error.code) && attempt + 1 >= mostLostTries ? undefined : waitsMs[attempt];
      if (!isPassing(error) || waitMs === undefined || signal.aborted)
        return { kind: mayBeWritten ? 'unknown' : 'refused', error };
      // What sleeping says of an interruption, the caller sees on the signal.
      await world.clock.sleep(waitMs, signal).catch(() => {});
    }
  }
}

/** Whether the parameter has the value now; undefined when it cannot be looked at. */
async function lookAt(ssm: SecretsWork['ssm'], { name, value }: NewValue): Promise<WriteOutcome | 'other' | undefined> {
  const found = await readParameters(ssm, [name], { isDecrypted: true }).catch(() => undefined);
  if (found === undefined) return undefined;
  const stored = found.get(name);
  return stored?.value === value ? { kind: 'written', version: stored.version } : 'other';
}

/** For a command that writes one parameter: its version, or the error that says what is known. */
export async function writeOne(tools: SecretsWork, secret: NewValue, signal: AbortSignal): Promise<number> {
  const outcome = await writeUntilKnown(tools, secret, signal);
  if (outcome.kind === 'written') return outcome.version;
  throw outcome.kind === 'refused' ? outcome.error : unknownWrite(secret.name, outcome.error);
}

function unknownWrite(name: string, { code }: DirectrixError): DirectrixError {
  return new DirectrixError('SECRET_WRITE_UNKNOWN', `${name} may have been written: the answer was lost (${code}).`, {
    source: 'ssm:PutParameter',
    hint: 'run the same command again: it writes only what is not so yet',
  });
}
