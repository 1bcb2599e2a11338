/** What the proxy itself looks at in a request's headers. */
export interface RequestHead {
  readonly host: string | undefined;
  /** In lower case. */
  readonly upgrade: string | undefined;
  readonly hasBody: boolean;
  /** Characters of the longest value. */
  readonly longestValue: number;
  /** How many addresses the request claims to have come through. */
  readonly forwardedAddressCount: number;
}

/**
 * Reads raw headers (name, value, name, value) once. Node's own `request.headers` costs several times as much, and only a rule with a
 * condition on headers needs it.
 */
export function readRequestHead(raw: readonly string[]): RequestHead {
  let host: string | undefined;
  let upgrade: string | undefined;
  let hasBody = false;
  let longestValue = 0;
  let forwardedAddressCount = 0;
  for (let n = 0; n < raw.length; n += 2) {
    const value = raw[n + 1] ?? '';
    if (value.length > longestValue) longestValue = value.length;
    switch (lowerCaseIfKnown(raw[n] ?? '')) {
      case 'host':
        host ??= value;
        break;
      case 'upgrade':
        upgrade = value.toLowerCase();
        break;
      case 'content-length':
        hasBody ||= value !== '0';
        break;
      case 'transfer-encoding':
        hasBody = true;
        break;
      case 'x-forwarded-for':
        forwardedAddressCount += value.split(',').length;
        break;
    }
  }
  return { host, upgrade, hasBody, longestValue, forwardedAddressCount };
}

const knownLengths: ReadonlySet<number> = new Set(
  ['host', 'upgrade', 'content-length', 'transfer-encoding', 'x-forwarded-for'].map(({ length }) => length),
);

function lowerCaseIfKnown(name: string): string {
  return knownLengths.has(name.length) ? name.toLowerCase() : '';
}
