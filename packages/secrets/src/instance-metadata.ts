// What the instance metadata service lets be known without a secret: whether it is there, whether this machine has a public address
// and a role, and whether its tokens die on the way (a container on a bridge, with a hop limit of 1).
import { request } from 'node:http';
import type { Diagnosis } from './secrets-error.js';

const timeoutMs = 1_000;
const address = '169.254.169.254';
const tokenPath = '/latest/api/token';
const tokenHeaders = { 'x-aws-ec2-metadata-token-ttl-seconds': '60' };

type Env = Readonly<Record<string, string | undefined>>;

interface Answer {
  readonly statusCode: number;
  readonly text: string;
}

/** Undefined when the metadata service cannot be asked. */
export async function hasPublicAddress(env: Env, signal: AbortSignal): Promise<boolean | undefined> {
  const token = await fetchToken(env, signal);
  if (token === undefined) return undefined;
  const answer = await ask('GET', '/latest/meta-data/public-ipv4', { 'x-aws-ec2-metadata-token': token }, signal);
  return answer?.statusCode === 200 ? true : answer?.statusCode === 404 ? false : undefined;
}

/** Why there are no credentials. */
export async function probeCredentials(env: Env, signal: AbortSignal): Promise<Diagnosis> {
  if (isDisabled(env)) return noCredentials;
  const [token, bare] = await Promise.all([
    ask('PUT', tokenPath, tokenHeaders, signal),
    ask('GET', '/latest/meta-data/', {}, signal),
  ]);
  if (token?.statusCode === 403) return disabled;
  // It answers, and its tokens do not arrive: the answer to a PUT lives for as many hops as the hop limit says.
  if (token === undefined && bare?.statusCode === 401) return hopLimit;
  if (token?.statusCode !== 200) return noCredentials;
  const headers = { 'x-aws-ec2-metadata-token': token.text };
  const roles = await ask('GET', '/latest/meta-data/iam/security-credentials/', headers, signal);
  return roles?.statusCode === 404 ? noProfile : noCredentials;
}

async function fetchToken(env: Env, signal: AbortSignal): Promise<string | undefined> {
  if (isDisabled(env)) return undefined;
  const answer = await ask('PUT', tokenPath, tokenHeaders, signal);
  return answer?.statusCode === 200 ? answer.text : undefined;
}

function isDisabled(env: Env): boolean {
  return env.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true';
}

function ask(
  method: string,
  path: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const asking = request({ host: address, method, path, headers, signal, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > 4_096) end(undefined);
      });
      response.once('error', () => end(undefined));
      response.once('end', () => end({ statusCode: response.statusCode ?? 0, text }));
    });
    const timer = setTimeout(() => end(undefined), timeoutMs);
    const end = (answer: Answer | undefined) => {
      clearTimeout(timer);
      asking.destroy();
      resolve(answer);
    };
    asking.once('error', () => end(undefined));
    asking.end();
  });
}

const hopLimit: Diagnosis = {
  layer: 'credentials',
  problem: {
    code: 'IMDS_HOP_LIMIT',
    message:
      'the instance metadata service answers, but its tokens do not arrive: this is a container, one hop further away',
  },
  hint: 'Set HttpPutResponseHopLimit to 2 in the metadata options of the launch template.',
};

const disabled: Diagnosis = {
  layer: 'credentials',
  problem: {
    code: 'IMDS_DISABLED',
    message: 'there are no credentials: the instance metadata service is switched off',
  },
  hint: 'Set HttpEndpoint to enabled in the metadata options of the launch template, or give keys in another way.',
};

const noProfile: Diagnosis = {
  layer: 'credentials',
  problem: {
    code: 'INSTANCE_PROFILE_MISSING',
    message: 'there are no credentials: the instance has no instance profile',
  },
  hint: 'Attach an instance profile whose role may read the path.',
};

const noCredentials: Diagnosis = {
  layer: 'credentials',
  problem: { code: 'NO_CREDENTIALS', message: "there are no credentials: no provider of the SDK's chain has any" },
  hint: 'On EC2 attach an instance profile; elsewhere set AWS_PROFILE or keys in the environment.',
};
