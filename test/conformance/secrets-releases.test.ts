// Releases and their secrets: what `deploy --label-secrets` labels is what an application of that release reads, also after a rollback.
import { EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2';
import { GetParameterHistoryCommand, LabelParameterVersionCommand } from '@aws-sdk/client-ssm';
import { rememberRollout } from '@directrix/aws';
import type { RolloutRecord } from '@directrix/rollout';
import { loadSecrets, releaseLabel } from '@directrix/secrets';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestIo } from '../../packages/cli/src/io.fixture.js';
import { labelSecrets } from '../../packages/cli/src/rollout/label-secrets.js';
import { createWorld, type World } from '../../packages/cli/src/world.js';
import { type CommandSite, openCommandSite, path } from './command-site.js';

let site: CommandSite;
let world: World;
beforeAll(async () => {
  site = await openCommandSite();
  world = createWorld(createTestIo({ env: { AWS_ENDPOINT_URL: site.endpoint, AWS_REGION: 'us-west-2' } }));
});
afterAll(async () => {
  world.clients.destroy();
  await site.close();
});

const schema = v.object({ KEY: v.string(), PASSWORD: v.string() });

async function release(version: string, tags: Readonly<Record<string, string>> = { 'directrix:secrets': path }) {
  const ec2 = new EC2Client({ endpoint: site.endpoint, region: 'us-west-2' });
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { ImageId } = await ec2.send(
    new RegisterImageCommand({
      Name: `image-${crypto.randomUUID()}`,
      ImageLocation: '/nowhere',
      TagSpecifications: Tags.length === 0 ? undefined : [{ ResourceType: 'image', Tags }],
    }),
  );
  ec2.destroy();
  return { version, imageId: ImageId! };
}

const label = async (version: string, tags?: Readonly<Record<string, string>>) =>
  labelSecrets(world, { groupName: 'web', release: await release(version, tags) });

async function loadAs(version: string): Promise<string> {
  const pinned = { label: releaseLabel(version) };
  const { values } = await loadSecrets({ path, schema, client: site.ssm, pinned, ports: { warn: () => {} } });
  return `${values.KEY.reveal()} ${values.PASSWORD.reveal()}`;
}

describe('a release', () => {
  it('that comes back has the secrets that it had', async () => {
    await site.put('KEY', 'old');
    await site.put('PASSWORD', 'same');
    expect(await label('0.149.1')).toBe(2);
    await site.put('KEY', 'new');
    expect(await label('0.149.2')).toBe(2);
    expect(await loadAs('0.149.2')).toBe('new same');
    expect(await loadAs('0.149.1')).toBe('old same');
  });

  it('that is rolled out again has the secrets of now', async () => {
    await label('0.149.1');
    expect(await loadAs('0.149.1')).toBe('new same');
  });

  it('labels only the names that its image tells, and says which are missing', async () => {
    const tags = { 'directrix:secrets': path, 'directrix:secret-names': 'KEY GONE' };
    await expect(label('1.0', tags)).rejects.toMatchObject({
      code: 'SECRET_MISSING',
      message: '1.0 expects what is not there: /app/production/GONE.',
    });
    expect(await label('1.0', { ...tags, 'directrix:secret-names': 'KEY' })).toBe(1);
  });

  it('without secrets labels nothing; one that does not say is refused', async () => {
    expect(await label('2.0', { 'directrix:secrets': 'none' })).toBe(0);
    await expect(label('2.0', {})).rejects.toMatchObject({ code: 'SECRETS_UNDECLARED' });
  });

  it('takes the place of one that nobody can go back to, when a version has ten labels', async () => {
    await site.put('FULL', 'x');
    const Labels = Array.from({ length: 10 }, (_, index) => `release-0.${index}`);
    await site.ssm.send(new LabelParameterVersionCommand({ Name: `${path}FULL`, ParameterVersion: 1, Labels }));
    await label('3.0', { 'directrix:secrets': path, 'directrix:secret-names': 'FULL' });
    const { values } = await loadSecrets({
      path,
      schema: v.object({ FULL: v.string() }),
      client: site.ssm,
      pinned: { label: 'release-3.0' },
    });
    expect(values.FULL.reveal()).toBe('x');
  });

  it('of ten good ones lets the oldest go when an eleventh comes, and a secret was never changed', async () => {
    await site.put('STEADY', 'x');
    const tags = { 'directrix:secrets': path, 'directrix:secret-names': 'STEADY' };
    for (let index = 0; index < 12; index += 1) {
      const good = await release(`5.${index}`, tags);
      await labelSecrets(world, { groupName: 'steady', release: good });
      const to = { ...good, launchTemplateVersion: '1' };
      const ended = { outcome: 'done', evidence: [], original: { servingCount: 1 } };
      const record = { groupName: 'steady', rolloutId: `r${index}`, ...ended, from: to, to };
      await rememberRollout(world.clients, record as unknown as RolloutRecord, index);
    }
    const { Parameters } = await site.ssm.send(new GetParameterHistoryCommand({ Name: `${path}STEADY` }));
    const labels = Array.from({ length: 10 }, (_, index) => `release-5.${index + 2}`);
    expect([...Parameters![0]!.Labels!].sort()).toEqual(labels.sort());
  });

  it('does not take a label that is somebody else’s', async () => {
    await site.put('TAKEN', 'x');
    const Labels = Array.from({ length: 10 }, (_, index) => `theirs-${index}`);
    await site.ssm.send(new LabelParameterVersionCommand({ Name: `${path}TAKEN`, ParameterVersion: 1, Labels }));
    const tags = { 'directrix:secrets': path, 'directrix:secret-names': 'TAKEN' };
    await expect(label('3.0', tags)).rejects.toMatchObject({ code: 'SECRETS_LABEL_LIMIT' });
  });
});
