// What an instance says of itself on its health page, read leniently: releases of several ages answer during one rollout.

/** The page's own words. `version` and `fqdn` are undefined when the page does not say them. */
export interface HealthPage {
  readonly version?: string;
  readonly fqdn?: string;
  /** `OK`, or what came after `KO:`; empty when the page says neither. */
  readonly status: string;
}

/**
 * Reads `VERSION: 0.149.2`, `FQDN: ip-10-0-1-23.us-west-2.compute.internal` and `OK` or `KO: why`, in any case, order and company;
 * or a JSON object with the keys `version` and `fqdn` (or `hostname`) and `status`. Anything else gives an empty page.
 */
export function parseHealthPage(body: string): HealthPage {
  return parseJsonPage(body) ?? parseLines(body);
}

function parseLines(body: string): HealthPage {
  const lines = body.split(/\r?\n|<br\s*\/?>/i).map((line) => line.replace(/<[^>]*>/g, '').trim());
  const fieldOf = (name: string) =>
    lines.map((line) => line.match(new RegExp(`^${name}\\s*[:=]\\s*(\\S+)\\s*$`, 'i'))?.[1]).find(Boolean);
  const failure = lines.map((line) => line.match(/^KO\b\s*:?\s*(.*)$/i)).find(Boolean);
  const isOk = lines.some((line) => /^OK\b\.?$/i.test(line));
  return {
    version: fieldOf('version'),
    fqdn: fieldOf('fqdn'),
    status: failure ? failure[1] || 'KO' : isOk ? 'OK' : '',
  };
}

function parseJsonPage(body: string): HealthPage | undefined {
  if (!body.trimStart().startsWith('{')) return undefined;
  try {
    const page = new Map(
      Object.entries(JSON.parse(body) as Record<string, unknown>).map(([key, value]) => [key.toLowerCase(), value]),
    );
    const textOf = (key: string) => (typeof page.get(key) === 'string' ? (page.get(key) as string) : undefined);
    return {
      version: textOf('version'),
      fqdn: textOf('fqdn') ?? textOf('hostname'),
      status: (textOf('status') ?? '').replace(/^ko\s*:\s*/i, '').replace(/^ok$/i, 'OK'),
    };
  } catch {
    return undefined;
  }
}

/** Whether the two are names of one machine: equal, or one is the first label of the other. */
export function isSameHost(left: string, right: string): boolean {
  const a = left.toLowerCase().replace(/\.$/, '');
  const b = right.toLowerCase().replace(/\.$/, '');
  if (a === '' || b === '') return false;
  if (a === b) return true;
  const isShort = !a.includes('.') || !b.includes('.');
  return isShort && a.split('.')[0] === b.split('.')[0];
}
