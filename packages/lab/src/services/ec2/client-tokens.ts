import { AwsError } from '../../control-plane/aws-error.js';
import type { ControlPlaneContext } from '../../control-plane/types.js';

/** How long EC2 remembers a client token. */
const rememberedForMs = 24 * 3600 * 1000;

/**
 * The id of what an earlier request with this token made, or undefined when the token is new. Throws
 * IdempotentParameterMismatch when the earlier request differed.
 */
export function madeBefore(
  operation: string,
  input: { readonly ClientToken?: string | undefined },
  context: ControlPlaneContext,
): string | undefined {
  if (input.ClientToken === undefined) return undefined;
  const record = context.state.ec2.clientTokens.get(`${operation}/${input.ClientToken}`);
  if (record === undefined || context.now - record.usedAt > rememberedForMs) return undefined;
  if (record.fingerprint === fingerprintOf(input)) return record.resourceId;
  throw new AwsError(
    'IdempotentParameterMismatch',
    'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
  );
}

/** Remembers what the request made. Tokens past their time are forgotten here, so that they do not pile up. */
export function rememberMade(
  operation: string,
  input: { readonly ClientToken?: string | undefined },
  resourceId: string,
  context: ControlPlaneContext,
): void {
  if (input.ClientToken === undefined) return;
  const { clientTokens } = context.state.ec2;
  for (const [token, record] of clientTokens) {
    // In order of use: the first one that is still young ends the search.
    if (context.now - record.usedAt <= rememberedForMs) break;
    clientTokens.delete(token);
  }
  const record = { fingerprint: fingerprintOf(input), resourceId, usedAt: context.now };
  clientTokens.delete(`${operation}/${input.ClientToken}`);
  clientTokens.set(`${operation}/${input.ClientToken}`, record);
}

function fingerprintOf(input: object): string {
  return JSON.stringify(sorted(input));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]));
}
