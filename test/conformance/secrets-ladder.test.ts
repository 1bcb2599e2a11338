// Every layer of the ladder, over the lab's real network: an application of one instance that loads its secrets as it boots, configured
// with nothing but its region, and what it says of what went wrong.
import { fileURLToPath } from 'node:url';
import { DeleteParameterCommand, LabelParameterVersionCommand } from '@aws-sdk/client-ssm';
import { releaseLabel } from '@directrix/secrets';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { n1 } from '../../examples/hyperbola/src/networks/n1.js';
import { n2 } from '../../examples/hyperbola/src/networks/n2.js';
import { n5 } from '../../examples/hyperbola/src/networks/n5.js';
import type { Network } from '../../examples/hyperbola/src/networks/network.js';
import { openSite, type SecretsSite } from './secrets-site.js';

/** N5 is whole; this is it with one thing broken. */
const withClosedEndpoint: Network = {
  ...n5,
  securityGroups: { ...n5.securityGroups, management: { ...n5.securityGroups.management!, ingress: [] } },
};

async function inNetwork<T>(network: Network, work: (site: SecretsSite) => Promise<T>): Promise<T> {
  const site = await openSite(network);
  try {
    return await work(site);
  } finally {
    await site.close();
  }
}

/** Seconds from the start of the process to the first line that names the code. */
function toldAfter(console: string, code: string): number {
  for (const [, json] of console.matchAll(/TOLD (.*)\n/g)) {
    const { line, afterSeconds } = JSON.parse(json!) as { line: string; afterSeconds: number };
    if (line.includes(code)) return afterSeconds;
  }
  throw new Error(`${code} was not told:\n${console}`);
}

describe('below the store', () => {
  it.each([
    ['N1, with three faults at once', n1],
    ['N2, where the security groups are right', n2],
  ])(
    'a public address from a subnet with no way out is private DNS that is off, and named within 5 s: %s',
    async (_, network) => {
      await inNetwork(network, async (site) => {
        const { result, console } = await site.boot();
        expect(result).toMatchObject({ code: 'DNS_PRIVATE_DISABLED', layer: 'name' });
        expect(result.message).toMatch(
          /ssm\.us-west-2\.amazonaws\.com resolves to a public address \(52\.94\.\d+\.\d+\) from a subnet with no way out/,
        );
        expect(toldAfter(console, 'DNS_PRIVATE_DISABLED')).toBeLessThan(5);
      });
    },
  );

  it('a private address that nothing answers at is a security group or an ACL, and named within 5 s', async () => {
    await inNetwork(withClosedEndpoint, async (site) => {
      const { result, console } = await site.boot();
      expect(result).toMatchObject({ code: 'ENI_SG_RULES_MISMATCH', layer: 'network' });
      expect(result.message).toContain('10.0.20.');
      expect(toldAfter(console, 'ENI_SG_RULES_MISMATCH')).toBeLessThan(5);
    });
  });

  it('a public address from a machine that has one too is a way out that is closed, and named within 5 s', async () => {
    await inNetwork(n1, async (site) => {
      const { result, console } = await site.boot({ subnet: 'public-a' });
      expect(result).toMatchObject({ code: 'PUBLIC_NO_EGRESS', layer: 'network' });
      expect(toldAfter(console, 'PUBLIC_NO_EGRESS')).toBeLessThan(5);
    });
  });

  it('a name without an answer is named', async () => {
    await inNetwork(n5, async (site) => {
      await site.switchResolverOff();
      const { result } = await site.boot();
      expect(result).toMatchObject({ code: 'DNS_NAME_NOT_FOUND', layer: 'name' });
    });
  });
});

describe('hyperbola 0.149.2', () => {
  const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const services = [
    { name: 'app', command: ['node', file('../../examples/hyperbola/dist/releases/0.149.2/main.js')] },
    { name: 'watcher', command: ['node', file('./fixtures/health-watcher.mjs')] },
  ];
  const page = /PAGE (.*)\n/;

  it('says on its health page in N1 who it is and why it does not serve', async () => {
    await inNetwork(n1, async (site) => {
      const [, json] = await site.bootServices(services, page);
      const { status, body } = JSON.parse(json!) as { status: number; body: string };
      expect(status).toBe(503);
      expect(body).toMatch(
        /^VERSION: 0\.149\.2\nFQDN: ip-10-0-10-\d+\.us-west-2\.compute\.internal\nKO: secrets: DNS_PRIVATE_DISABLED ssm\.us-west-2\.amazonaws\.com resolves to a public address .*\n$/,
      );
    });
  });

  it('names in N5 what it misses, and serves with it', async () => {
    await inNetwork(n5, async (site) => {
      await site.put('SECRET_KEY', 'k');
      const [, first] = await site.bootServices(services, page);
      expect(first).toContain('KO: secrets: SECRET_MISSING /app/production/DATABASE_URL is missing');
      await site.put('DATABASE_URL', 'mysql://db.internal/hyperbola');
      await site.put('CONTACT_ADDRESS', 'a@b.example');
      const [, second] = await site.bootServices(services, page);
      expect(JSON.parse(second!)).toMatchObject({ status: 200, body: expect.stringMatching(/\nOK\n$/) });
    });
  });

  it('serves with what was labelled as its own, whatever is there now', async () => {
    await inNetwork(n5, async (site) => {
      await site.put('SECRET_KEY', 'k');
      await site.put('CONTACT_ADDRESS', 'a@b.example');
      await site.put('DATABASE_URL', 'mysql://db.internal/hyperbola');
      const Name = '/app/production/DATABASE_URL';
      await site.ssm.send(new LabelParameterVersionCommand({ Name, Labels: [releaseLabel('0.149.2')] }));
      await site.put('DATABASE_URL', 'no URL, and so refused', { Overwrite: true });
      const [, json] = await site.bootServices(services, page);
      expect(JSON.parse(json!)).toMatchObject({ status: 200, body: expect.stringMatching(/\nOK\n$/) });
    });
  });
});

// One of the two is the address that is tried first.
it.each(['management-a', 'management-b'])(
  'an endpoint that cannot be reached in %s is still read from',
  async (subnet) => {
    await inNetwork(n5, async (site) => {
      await site.put('KEY', 'x');
      await site.cutOff(subnet);
      const { result } = await site.boot();
      expect(result.loaded).toEqual(['KEY']);
    });
  },
);

it('an endpoint that cannot be reached in one zone is named where only the first address is tried', async () => {
  const boot = (subnet: string) =>
    inNetwork(n5, async (site) => {
      await site.put('KEY', 'x');
      await site.cutOff(subnet);
      const { result } = await site.boot({ nodeOptions: ['--no-network-family-autoselection'] });
      return result.code === undefined ? 'loaded' : `${result.layer} ${result.code}: ${result.message}`;
    });
  const ends = await Promise.all(['management-a', 'management-b'].map(boot));
  expect(ends.sort()).toEqual([
    'loaded',
    expect.stringMatching(/^network PARTIAL_AZ: .* port 443: 1 of 2 addresses do not answer \(10\.0\.2[01]\.\d+\)$/),
  ]);
});

describe('in a network that works', () => {
  let site: SecretsSite;
  beforeAll(async () => {
    site = await openSite(n5);
    await site.put('KEY', 'correct-horse');
    await site.put('OTHER', 'battery-staple');
  });
  afterAll(() => site.close());

  it('loads, prints nothing, and tells the versions', async () => {
    const { result, console } = await site.boot();
    expect(result).toEqual({ loaded: ['KEY'], versions: { KEY: 1 }, printed: '[secret]' });
    expect(console).not.toContain('correct-horse');
  });

  it('names a refused connection', async () => {
    const { result } = await site.boot({ env: { AWS_ENDPOINT_URL: 'https://127.0.0.1:9' } });
    expect(result).toMatchObject({ code: 'CONNECT_REFUSED', layer: 'network' });
  });

  it('names TLS that does not trust the certificate', async () => {
    const { result } = await site.boot({ env: { NODE_EXTRA_CA_CERTS: '' } });
    expect(result).toMatchObject({ code: 'TLS_FAILED', layer: 'tls' });
  });

  it('tells a missing instance profile', async () => {
    const { result } = await site.boot({ profile: null });
    expect(result).toMatchObject({ code: 'INSTANCE_PROFILE_MISSING', layer: 'credentials' });
  });

  it('tells a container that the hop limit keeps from its credentials', async () => {
    const { result } = await site.boot({ container: true });
    expect(result).toMatchObject({ code: 'IMDS_HOP_LIMIT', layer: 'credentials' });
  });

  it('tells a metadata service that is switched off', async () => {
    const { result } = await site.boot({ metadata: 'disabled' });
    expect(result).toMatchObject({ code: 'IMDS_DISABLED', layer: 'credentials' });
  });

  it('tells that no provider has credentials, where there is no metadata service', async () => {
    const { result } = await site.boot({ env: { AWS_EC2_METADATA_DISABLED: 'true' } });
    expect(result).toMatchObject({ code: 'NO_CREDENTIALS', layer: 'credentials' });
  });

  it('tells the role that may not read', async () => {
    const { result } = await site.boot({ profile: 'stranger' });
    expect(result).toMatchObject({ code: 'POLICY_IAM_PATH', layer: 'authorization' });
  });

  it('tells the policy of the endpoint, and only once', async () => {
    await site.setEndpointPolicy({ Effect: 'Allow', Principal: '*', Action: 'ssm:PutParameter', Resource: '*' });
    const { result, console } = await site.boot();
    await site.setEndpointPolicy({ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' });
    expect(result).toMatchObject({ code: 'POLICY_ENDPOINT', layer: 'authorization' });
    expect(console.match(/TOLD /g)).toHaveLength(1);
  });

  it('tells a KMS key that the role may not use', async () => {
    await site.put('SEALED', 'x', { KeyId: 'alias/customer' });
    const { result } = await site.boot({ secrets: { keys: ['SEALED'] } });
    await site.ssm.send(new DeleteParameterCommand({ Name: '/app/production/SEALED' }));
    expect(result).toMatchObject({ code: 'KMS_CMK_DECRYPT', layer: 'authorization' });
  });

  it('takes an empty path for an error, by names and by path', async () => {
    const [byNames, byPath] = await Promise.all([
      site.boot({ secrets: { path: '/app/production/empty/' } }),
      site.boot({ secrets: { path: '/app/production/empty/', names: 'byPath' } }),
    ]);
    expect(byNames.result).toMatchObject({ code: 'PATH_EMPTY', layer: 'path' });
    expect(byPath.result).toMatchObject({ code: 'PATH_EMPTY', layer: 'path' });
  });

  it('names every key that is missing, at once', async () => {
    const { result } = await site.boot({ secrets: { keys: ['KEY', 'GONE', 'LOST'] } });
    expect(result).toMatchObject({ code: 'SECRET_MISSING', layer: 'values' });
    expect(result.message).toBe('/app/production/GONE is missing; /app/production/LOST is missing');
  });

  describe('and a store that does not', () => {
    it('waits out throttling', async () => {
      site.lab.faults.add({ service: 'ssm', kind: 'throttle', times: 2 });
      const { result } = await site.boot();
      expect(result.loaded).toEqual(['KEY']);
    });

    it('gives throttling up when it does not end', async () => {
      const fault = site.lab.faults.add({ service: 'ssm', kind: 'throttle' });
      const { result } = await site.boot();
      site.lab.faults.remove(fault);
      expect(result).toMatchObject({ code: 'THROTTLED', layer: 'service' });
    });

    it('reads pages without parameters to the end', async () => {
      site.lab.faults.add({ service: 'ssm', operation: 'GetParametersByPath', kind: 'emptyPage', times: 3 });
      const { result } = await site.boot({ secrets: { names: 'byPath', isOpen: true } });
      expect(result.loaded).toContain('KEY');
    });

    it('loads from one that is half broken', async () => {
      site.lab.faults.add({ service: 'ssm', kind: 'serverError', statusCode: 503, times: 1 });
      site.lab.faults.add({ service: 'ssm', kind: 'throttle', times: 1 });
      site.lab.faults.add({ service: 'ssm', kind: 'serverError', statusCode: 500, times: 1 });
      const { result } = await site.boot();
      expect(result.loaded).toEqual(['KEY']);
    });

    it('names one that answers with server faults only', async () => {
      const fault = site.lab.faults.add({ service: 'ssm', kind: 'serverError', statusCode: 503 });
      const { result } = await site.boot();
      site.lab.faults.remove(fault);
      expect(result).toMatchObject({ code: 'SERVICE_FAULT', layer: 'service' });
    });

    it('waits for a slow one', async () => {
      // 50 s of lab time are one of the wall's: longer than the patience of the ladder, shorter than a request may take.
      site.lab.faults.add({ service: 'ssm', kind: 'latency', latencyMs: 50_000, times: 1 });
      const { result, console } = await site.boot();
      expect(result.loaded).toEqual(['KEY']);
      expect(console).not.toContain('still trying');
    });

    it('names a silent one', async () => {
      const fault = site.lab.faults.add({ service: 'ssm', kind: 'latency', latencyMs: 3_600_000 });
      const { result } = await site.boot({ secrets: { limits: { requestMs: 300 } } });
      site.lab.faults.remove(fault);
      expect(result).toMatchObject({ code: 'SERVICE_SILENT', layer: 'service' });
    });

    it('ends at its deadline, and says the last that it saw', async () => {
      const fault = site.lab.faults.add({ service: 'ssm', kind: 'throttle' });
      const { result } = await site.boot({ secrets: { limits: { totalMs: 1_500 } } });
      site.lab.faults.remove(fault);
      expect(result).toMatchObject({ code: 'THROTTLED' });
    });
  });

  it('reads the exact versions that a release pinned, by number and by label', async () => {
    await site.put('KEY', 'a newer one', { Overwrite: true });
    const [newest, byNumber, missing, current] = await Promise.all([
      site.boot(),
      site.boot({ secrets: { pinned: { KEY: 1 } } }),
      site.boot({ secrets: { pinned: { label: 'release-0' } } }),
      site.boot({ secrets: { pinned: { label: 'release-0', ifMissing: 'current' } } }),
    ]);
    expect(newest.result.versions).toEqual({ KEY: 2 });
    expect(byNumber.result.versions).toEqual({ KEY: 1 });
    expect(missing.result).toMatchObject({ code: 'PATH_EMPTY' });
    expect(current.result.versions).toEqual({ KEY: 2 });
    expect(current.console).toContain('SECRET_NOT_LABELLED');
  });
});
