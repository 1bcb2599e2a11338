// forwarded headers: what a target gets of a client's headers, and a client of a target's. Pure.
//
//   H1. Hop-by-hop headers (RFC 9110, 7.6.1) and those that Connection names go no further, in either direction.
//   H2. X-Forwarded-For is appended to; -Proto and -Port say what the client spoke to and cannot be forged.
//   H3. Everything else passes with its spelling, order and repetitions.

/** Names in lower case. `expect` is answered by the load balancer itself, which sends 100 Continue at once. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

const replaced: ReadonlySet<string> = new Set([
  'host',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-amzn-trace-id',
]);

/** How the client reached the load balancer. */
interface ClientSide {
  readonly host: string;
  readonly address: string;
  readonly protocol: string;
  readonly port: string;
  /** `1-67891233-abcdef012345678912345678` */
  readonly newTraceId: string;
  /** The load balancer attribute `routing.http.xff_header_processing.mode`. */
  readonly forwardedForMode: string;
}

/** Headers as Node gives and takes them raw: name, value, name, value. */
export function requestHeadersForTarget(raw: readonly string[], client: ClientSide): string[] {
  const headers: string[] = ['Host', client.host];
  const named = namedByConnection(raw);
  let forwardedFor: string | undefined;
  let traceId: string | undefined;
  for (let n = 0; n < raw.length; n += 2) {
    const name = raw[n] ?? '';
    const value = raw[n + 1] ?? '';
    const lowerName = name.toLowerCase();
    if (lowerName === 'x-forwarded-for')
      forwardedFor = forwardedFor === undefined ? value : `${forwardedFor}, ${value}`;
    else if (lowerName === 'x-amzn-trace-id') traceId ??= value;
    if (hopByHop.has(lowerName) || replaced.has(lowerName) || named?.has(lowerName)) continue;
    headers.push(name, value);
  }
  const addresses = forwardedAddresses(forwardedFor, client);
  if (addresses !== undefined) headers.push('X-Forwarded-For', addresses);
  headers.push('X-Forwarded-Proto', client.protocol, 'X-Forwarded-Port', client.port);
  headers.push('X-Amzn-Trace-Id', continueTrace(traceId, client.newTraceId));
  return headers;
}

/** Undici gives a response's headers as bytes. `keepUpgrade` for the answer 101, of which they are the point. */
export function responseHeadersForClient(raw: readonly (Buffer | string)[], keepUpgrade = false): string[] {
  const pairs: string[] = [];
  for (const part of raw) pairs.push(typeof part === 'string' ? part : part.toString('latin1'));
  const named = keepUpgrade ? undefined : namedByConnection(pairs);
  const headers: string[] = [];
  for (let n = 0; n < pairs.length; n += 2) {
    const name = pairs[n] ?? '';
    const lowerName = name.toLowerCase();
    const isUpgrade = keepUpgrade && (lowerName === 'connection' || lowerName === 'upgrade');
    if (!isUpgrade && (hopByHop.has(lowerName) || named?.has(lowerName))) continue;
    headers.push(name, pairs[n + 1] ?? '');
  }
  return headers;
}

function namedByConnection(raw: readonly string[]): ReadonlySet<string> | undefined {
  let named: Set<string> | undefined;
  for (let n = 0; n < raw.length; n += 2) {
    if (raw[n]?.length !== 10 || raw[n]?.toLowerCase() !== 'connection') continue;
    const value = (raw[n + 1] ?? '').toLowerCase();
    if (value === 'keep-alive' || value === 'close' || value === 'upgrade') continue;
    named ??= new Set();
    for (const token of value.split(',')) named.add(token.trim());
  }
  // These say where a request goes, how long it is and who sent it; a client must not have them dropped.
  for (const name of ['host', 'content-length']) named?.delete(name);
  return named;
}

function forwardedAddresses(received: string | undefined, client: ClientSide): string | undefined {
  if (client.forwardedForMode === 'remove') return undefined;
  if (client.forwardedForMode === 'preserve') return received;
  return received === undefined || received === '' ? client.address : `${received}, ${client.address}`;
}

/** A trace that has a root goes on with our part in `Self`; any other begins here. Source: ALB guide, "Request tracing". */
function continueTrace(received: string | undefined, newTraceId: string): string {
  if (received === undefined || received === '') return `Root=${newTraceId}`;
  const fields = received.split(';').map((field) => field.trim());
  const others = fields.filter((field) => field !== '' && !field.startsWith('Self='));
  return others.some((field) => field.startsWith('Root='))
    ? `Self=${newTraceId};${others.join(';')}`
    : `Root=${newTraceId};${others.join(';')}`;
}
