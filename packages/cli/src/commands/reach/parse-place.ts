// What `--from` and `--to` say.
import { serviceHost } from '@directrix/preflight';
import type { Destination } from '@directrix/reachability';
import { DirectrixError } from '@directrix/rollout';

export type SourceName =
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'launchTemplate'; readonly name: string }
  | { readonly kind: 'instance'; readonly id: string }
  | { readonly kind: 'networkInterface'; readonly id: string };

/** Throws USAGE for anything else. */
export function parseSource(text: string): SourceName {
  const [, kind, name = ''] = text.match(/^(group|asg|lt|instance|eni):(.+)$/) ?? [];
  if (kind === 'group' || kind === 'asg') return { kind: 'group', name };
  if (kind === 'lt') return { kind: 'launchTemplate', name };
  if (kind === 'instance' || /^i-[0-9a-f]+$/.test(text)) return { kind: 'instance', id: name || text };
  if (kind === 'eni' || /^eni-[0-9a-f]+$/.test(text)) return { kind: 'networkInterface', id: name || text };
  throw new DirectrixError('USAGE', `${text} is no source.`, {
    source: '--from',
    hint: 'write group:NAME, lt:NAME, i-… or eni-…',
  });
}

/**
 * Throws USAGE for a port that is none.
 *
 *     ssm           -> ssm.us-west-2.amazonaws.com, 443
 *     db.internal:3306, 10.0.1.2:22, i-0a1:80, eni-0a1:80
 */
export function parseDestination(text: string, region: string): { readonly to: Destination; readonly port: number } {
  const [, place = text, digits] = text.match(/^(.*?)(?::(\d+))?$/) ?? [];
  const port = digits === undefined ? 443 : Number(digits);
  if (place === '' || port < 1 || port > 65535 || place.includes(':'))
    throw new DirectrixError('USAGE', `${text} is no destination.`, {
      source: '--to',
      hint: 'write NAME:PORT or IP:PORT, with a port from 1 to 65535; IPv6 is not analysed',
    });
  return { to: destinationOf(place, region), port };
}

function destinationOf(place: string, region: string): Destination {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(place)) return { kind: 'address', address: place };
  if (/^i-[0-9a-f]+$/.test(place)) return { kind: 'instance', instanceId: place };
  if (/^eni-[0-9a-f]+$/.test(place)) return { kind: 'networkInterface', networkInterfaceId: place };
  if (place.startsWith('instance:')) return { kind: 'instance', instanceId: place.slice('instance:'.length) };
  return { kind: 'name', name: place.includes('.') ? place : serviceHost(place, region) };
}
