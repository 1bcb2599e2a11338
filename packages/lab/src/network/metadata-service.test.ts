import { describe, expect, it } from 'vitest';
import { createLabState } from '../control-plane/state.js';
import { DEFAULT_TIMING } from '../control-plane/timing.js';
import type { ControlPlanePort } from '../data-plane.js';
import { createVirtualClock } from '../virtual-clock.js';
import { createMetadataAnswers, type MetadataRequest, type MetadataResponse } from './metadata-service.js';

const NOW = Date.UTC(2018, 10, 11, 8, 4);

interface Options {
  readonly metadataOptions?: object;
  readonly hasRole?: boolean;
}

function service({ metadataOptions, hasRole = true }: Options = {}) {
  const state = createLabState();
  let now = NOW;
  state.ec2.instances.set('i-1', {
    instance: {
      InstanceId: 'i-1',
      ImageId: 'ami-1',
      InstanceType: 't3.micro',
      PrivateIpAddress: '10.0.1.23',
      PrivateDnsName: 'ip-10-0-1-23.us-west-2.compute.internal',
      LaunchTime: new Date(NOW),
      Placement: { AvailabilityZone: 'us-west-2a' },
      NetworkInterfaces: [{ MacAddress: '02:aa' }],
      IamInstanceProfile: { Arn: 'arn:aws:iam::123456789012:instance-profile/app', Id: 'AIPA1' },
      MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled', ...metadataOptions },
      Tags: [{ Key: 'Name', Value: 'web' }],
    },
    userData: Buffer.from('#!/bin/sh\n').toString('base64'),
    console: '',
  });
  const controlPlane: ControlPlanePort = {
    clock: createVirtualClock({ startAt: NOW }),
    timing: DEFAULT_TIMING,
    state,
    report: () => undefined,
    handle: () => Promise.reject(new Error('not asked')),
    reportDefect: () => undefined,
    issueCredentials: () =>
      hasRole
        ? { roleName: 'app', accessKeyId: 'ASIA1', secretAccessKey: 's', sessionToken: 't', expiresAt: NOW + 3_600_000 }
        : undefined,
  };
  const answer = createMetadataAnswers({ instanceId: 'i-1', controlPlane, wallNow: () => now });
  const ask = (request: Partial<MetadataRequest>): MetadataResponse | undefined =>
    answer({ method: 'GET', path: '/', headers: {}, inContainer: false, ...request });
  const askForToken = (ttl = '60', more: Partial<MetadataRequest> = {}): MetadataResponse | undefined =>
    ask({
      method: 'PUT',
      path: '/latest/api/token',
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': ttl, ...more.headers },
      inContainer: more.inContainer ?? false,
    });
  const read = (path: string): MetadataResponse | undefined =>
    ask({ path: `/latest/${path}`, headers: { 'x-aws-ec2-metadata-token': askForToken()?.body } });
  return { ask, askForToken, read, pass: (ms: number) => (now += ms) };
}

describe('a token', () => {
  it('is asked for by PUT with a time to live of 1 to 21600 seconds, which the answer repeats', () => {
    const { askForToken } = service();
    expect(askForToken('21600')).toMatchObject({
      statusCode: 200,
      headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' },
    });
    for (const ttl of ['', '0', '21601', '-1', '1.5', 'x']) expect(askForToken(ttl)?.statusCode, ttl).toBe(400);
  });

  it('is refused to a request that came through a proxy', () => {
    expect(service().askForToken('60', { headers: { 'x-forwarded-for': '10.0.0.1' } })?.statusCode).toBe(403);
  });

  it('never arrives beyond the hop limit', () => {
    expect(service().askForToken('60', { inContainer: true })).toBeUndefined();
    const two = service({ metadataOptions: { HttpPutResponseHopLimit: 2 } });
    expect(two.askForToken('60', { inContainer: true })?.statusCode).toBe(200);
  });

  it('is good for its time to live, and only where it was issued', () => {
    const here = service();
    const token = here.askForToken('60')?.body;
    const ask = (): number | undefined =>
      here.ask({ path: '/latest/meta-data/instance-id', headers: { 'x-aws-ec2-metadata-token': token } })?.statusCode;
    expect(ask()).toBe(200);
    here.pass(60_000);
    expect(ask()).toBe(401);
  });

  it('is not needed when the instance’s options do not require it, but a wrong one is refused', () => {
    const { ask } = service({ metadataOptions: { HttpTokens: 'optional' } });
    const path = '/latest/meta-data/instance-id';
    expect(ask({ path })).toEqual({ statusCode: 200, body: 'i-1' });
    expect(ask({ path, headers: { 'x-aws-ec2-metadata-token': 'wrong' } })?.statusCode).toBe(401);
    expect(service().ask({ path })?.statusCode).toBe(401);
  });
});

it('a disabled endpoint forbids everything', () => {
  const { ask, askForToken } = service({ metadataOptions: { HttpEndpoint: 'disabled' } });
  expect(askForToken()?.statusCode).toBe(403);
  expect(ask({ path: '/latest/meta-data/' })?.statusCode).toBe(403);
});

describe('the metadata', () => {
  it.each([
    ['meta-data/instance-id', 'i-1'],
    ['meta-data/ami-id', 'ami-1'],
    ['meta-data/instance-type', 't3.micro'],
    ['meta-data/local-ipv4', '10.0.1.23'],
    ['meta-data/local-hostname', 'ip-10-0-1-23.us-west-2.compute.internal'],
    ['meta-data/hostname', 'ip-10-0-1-23.us-west-2.compute.internal'],
    ['meta-data/mac', '02:aa'],
    ['meta-data/placement/availability-zone', 'us-west-2a'],
    ['meta-data/placement/region', 'us-west-2'],
    ['meta-data/iam/security-credentials/', 'app'],
    ['meta-data/placement/', 'availability-zone\nregion'],
    ['meta-data/iam/', 'info\nsecurity-credentials/'],
    ['user-data', '#!/bin/sh\n'],
  ])('at %s is %j', (path, body) => {
    expect(service().read(path)).toEqual({ statusCode: 200, body });
  });

  it('gives the role’s credentials under its name, and under no other', () => {
    const { read } = service();
    expect(JSON.parse(read('meta-data/iam/security-credentials/app')?.body ?? '')).toEqual({
      Code: 'Success',
      LastUpdated: '2018-11-11T08:04:00Z',
      Type: 'AWS-HMAC',
      AccessKeyId: 'ASIA1',
      SecretAccessKey: 's',
      Token: 't',
      Expiration: '2018-11-11T09:04:00Z',
    });
    expect(read('meta-data/iam/security-credentials/other')?.statusCode).toBe(404);
  });

  it('has no credentials for an instance without a role', () => {
    expect(service({ hasRole: false }).read('meta-data/iam/security-credentials/')?.statusCode).toBe(404);
  });

  it('shows tags only when the instance’s options allow it', () => {
    expect(service().read('meta-data/tags/instance/Name')?.statusCode).toBe(404);
    const open = service({ metadataOptions: { InstanceMetadataTags: 'enabled' } });
    expect(open.read('meta-data/tags/instance')?.body).toBe('Name');
    expect(open.read('meta-data/tags/instance/Name')?.body).toBe('web');
  });

  it('has an identity document', () => {
    expect(JSON.parse(service().read('dynamic/instance-identity/document')?.body ?? '')).toMatchObject({
      accountId: '123456789012',
      instanceId: 'i-1',
      pendingTime: '2018-11-11T08:04:00Z',
      region: 'us-west-2',
    });
  });

  it('is 404 where there is nothing', () => {
    expect(service().read('meta-data/nothing')?.statusCode).toBe(404);
  });
});
