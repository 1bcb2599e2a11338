// Which instance this is, asked of the instance metadata service (version 2).
const ADDRESS = 'http://169.254.169.254/latest';
const TIMEOUT_MS = 2_000;
const MOST_CHARACTERS = 256;

interface InstanceIdentity {
  readonly instanceId: string;
  readonly region: string;
}

/** Undefined when there is no metadata service here, or it is switched off. */
export async function readInstanceIdentity(
  env: Readonly<Record<string, string | undefined>>,
): Promise<InstanceIdentity | undefined> {
  if (env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') return undefined;
  try {
    const headers = {
      'x-aws-ec2-metadata-token': await ask('PUT', '/api/token', { 'x-aws-ec2-metadata-token-ttl-seconds': '60' }),
    };
    const [instanceId, region] = await Promise.all([
      ask('GET', '/meta-data/instance-id', headers),
      ask('GET', '/meta-data/placement/region', headers),
    ]);
    return { instanceId, region };
  } catch {
    return undefined;
  }
}

async function ask(method: string, path: string, headers: Record<string, string>): Promise<string> {
  const response = await fetch(`${ADDRESS}${path}`, { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = (await response.text()).slice(0, MOST_CHARACTERS).trim();
  if (!response.ok || text === '') throw new Error(`the instance metadata service answered ${response.status}`);
  return text;
}
