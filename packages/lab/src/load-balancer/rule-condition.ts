import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2';
import { matchesWildcard } from '@directrix/iam';
import ipaddr from 'ipaddr.js';

/** What a listener rule may look at. Header names are lower case; a header that came several times is an array. */
export interface RoutedRequest {
  readonly method: string;
  /** As in the Host header; a port in it is ignored. */
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The address of the connection, never X-Forwarded-For. */
  readonly sourceIp: string;
}

/**
 * Whether the request meets the condition: any of its values suffices. Host, header and query compare without regard to case,
 * path and method with it. A field or a form that is not known here (regular expressions) is never met: CreateRule refuses it.
 * Source: ALB guide, "Condition types for listener rules".
 */
export function meetsCondition(condition: RuleCondition, request: RoutedRequest): boolean {
  switch (condition.Field) {
    case 'host-header':
      return anyMatches(condition.HostHeaderConfig?.Values ?? condition.Values, hostName(request.host), 'anyCase');
    case 'path-pattern':
      return anyMatches(condition.PathPatternConfig?.Values ?? condition.Values, request.path, 'sameCase');
    case 'http-request-method':
      return (condition.HttpRequestMethodConfig?.Values ?? []).includes(request.method);
    case 'http-header':
      return meetsHeader(condition, request);
    case 'query-string':
      return meetsQuery(condition, request);
    case 'source-ip':
      return (condition.SourceIpConfig?.Values ?? []).some((cidr) => isInCidr(request.sourceIp, cidr));
    default:
      return false;
  }
}

/** The host without its port; an IPv6 literal keeps its brackets. */
export function hostName(host: string): string {
  return host.replace(/:\d*$/, '');
}

function anyMatches(patterns: readonly string[] | undefined, text: string, mode: 'anyCase' | 'sameCase'): boolean {
  return (patterns ?? []).some((pattern) =>
    mode === 'anyCase' ? matchesWildcard(pattern.toLowerCase(), text.toLowerCase()) : matchesWildcard(pattern, text),
  );
}

function meetsHeader(condition: RuleCondition, request: RoutedRequest): boolean {
  const { HttpHeaderName: name, Values: patterns } = condition.HttpHeaderConfig ?? {};
  const value = name === undefined ? undefined : request.headers[name.toLowerCase()];
  if (value === undefined) return false;
  const values = typeof value === 'string' ? [value] : value;
  return values.some((one) => anyMatches(patterns, one, 'anyCase'));
}

function meetsQuery(condition: RuleCondition, request: RoutedRequest): boolean {
  const wanted = condition.QueryStringConfig?.Values ?? [];
  if (request.query === '') return false;
  const pairs = request.query.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    return equals < 0 ? { key: pair, value: '' } : { key: pair.slice(0, equals), value: pair.slice(equals + 1) };
  });
  return wanted.some(({ Key: key, Value: value }) =>
    pairs.some(
      (pair) =>
        (key === undefined || anyMatches([key], pair.key, 'anyCase')) &&
        anyMatches([value ?? '*'], pair.value, 'anyCase'),
    ),
  );
}

function isInCidr(address: string, cidr: string): boolean {
  if (!ipaddr.isValid(address) || !ipaddr.isValidCIDR(cidr)) return false;
  const parsed = ipaddr.process(address); // an IPv4 address mapped into IPv6 counts as IPv4
  const [network, bits] = ipaddr.parseCIDR(cidr);
  return parsed.kind() === network.kind() && parsed.match(network, bits);
}
