// Clean-up of an account over the wire: 138 images, of which 12 are named in ten ways.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import {
  CreateImageCommand,
  CreateImageUsageReportCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeregisterImageCommand,
  DescribeFleetsCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  ModifyImageAttributeCommand,
  RunInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import type { AwsClients } from '@directrix/aws';
import { DirectrixError } from '@directrix/rollout';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Site } from '../simulation/site.js';

// Two minutes stand for a day: health checks go on all the time, and time that passes costs time.
const dayMs = 120_000;
const windows = ['--window', '14m', '--keep-newer-than', '2m', '--rollback-window', '28m'];
const total = 138;
const sharedWith = '111122223333';

interface Document {
  readonly steps: readonly { readonly kind: string; readonly imageId: string; readonly snapshotId: string }[];
  readonly results: readonly { readonly kind: string }[];
  readonly kept: { readonly images: readonly { readonly id: string; readonly text: string }[] };
  readonly imageCount: number;
  readonly saves: { readonly gib: number };
  readonly unread: readonly object[];
}

let site: Site;
let directory: string;
/** By name: the id of every image. */
const ids = new Map<string, string>();
const named: string[] = [];

const id = (name: string) => ids.get(name) ?? '';
const spare = () => [...ids.keys()].filter((name) => !named.includes(name)).map(id);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'directrix-finalize-'));
  site = await Site.create({ desired: 1 });
  await site.run(build());
}, 60_000);

afterAll(async () => {
  await site.close();
  rmSync(directory, { recursive: true, force: true });
});

/** An account with a history: a group that was deployed to, groups and templates of others, and a lot of litter. */
async function build(): Promise<void> {
  const { ec2, autoScaling, ssm } = site.clients;
  const [baker] = [...site.lab.state.ec2.instances.keys()];
  const bake = async (name: string) => {
    const made = await ec2.send(new CreateImageCommand({ InstanceId: baker, Name: name, NoReboot: true }));
    ids.set(name, made.ImageId ?? '');
    return made.ImageId ?? '';
  };
  const keep = async (name: string) => {
    named.push(name);
    return bake(name);
  };
  const base = [...site.lab.state.ec2.images.keys()][0] ?? '';
  ids.set('web-1', base);
  // 1 and 2: the image that the group launches, and the release before it, which is good.
  named.push('web-1', 'web-2');
  ids.set('web-2', await site.registerRelease('2'));
  const subnets = [...site.lab.state.ec2.subnets.keys()];
  const template = async (name: string, ...images: string[]) => {
    const data = (ImageId: string) => ({ ImageId, InstanceType: 't3.micro' as const });
    const [first = '', ...others] = images;
    const wanted = { LaunchTemplateName: name, LaunchTemplateData: data(first) };
    const { LaunchTemplate } = await ec2.send(new CreateLaunchTemplateCommand(wanted));
    const LaunchTemplateId = LaunchTemplate?.LaunchTemplateId ?? '';
    for (const image of others)
      await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, LaunchTemplateData: data(image) }));
    return LaunchTemplateId;
  };
  const group = (AutoScalingGroupName: string, LaunchTemplateId: string, Version: string) =>
    autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName,
        LaunchTemplate: { LaunchTemplateId, Version },
        MinSize: 0,
        MaxSize: 1,
        DesiredCapacity: 0,
        VPCZoneIdentifier: subnets[0],
      }),
    );
  // 3: a number; the newest version is $Latest and the first is $Default, so the middle one is what the number alone names.
  const middle = [await keep('default-of-numbers'), await keep('number'), await keep('latest-of-numbers')];
  await site.clock.sleep(60_000);
  await group('numbers', await template('numbers', ...middle), '2');
  // 4: $Default, with a version in the middle that nothing names.
  const unnamed = await bake('number-of-nobody');
  const defaults = [await keep('default'), unnamed, await keep('latest')];
  await site.clock.sleep(60_000);
  await group('defaults', await template('defaults', ...defaults), '$Default');
  // 5 and 6: an instance that runs, and one that is stopped.
  const [running, stopped] = [await keep('running'), await keep('stopped')];
  await site.clock.sleep(60_000);
  const launch = { InstanceType: 't3.micro' as const, SubnetId: subnets[0], MinCount: 1, MaxCount: 1 };
  const { Instances } = await ec2.send(new RunInstancesCommand({ ...launch, ImageId: stopped }));
  await ec2.send(new RunInstancesCommand({ ...launch, ImageId: running }));
  await site.clock.sleep(60_000);
  await ec2.send(new StopInstancesCommand({ InstanceIds: [Instances?.[0]?.InstanceId ?? ''] }));
  // 7 and 8: parameters, one of which a template resolves by an old version.
  const put = (Name: string, Value: string, more: object = {}) =>
    ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...more }));
  await put('/golden', await keep('parameter'), { DataType: 'aws:ec2:image' });
  const release = await keep('resolved');
  await put('/releases/web', JSON.stringify({ image: release }));
  await put('/releases/web', 'none', { Overwrite: true });
  await template('resolving', 'resolve:ssm:/releases/web:1');
  // 9: a file, by its name. 10: another account, by EC2's usage report.
  await bake('infrastructure-image');
  named.push('infrastructure-image');
  writeFileSync(join(directory, 'main.tf'), 'filter { values = ["infrastructure-image"] }\n');
  const shared = await bake('shared');
  await site.clock.sleep(60_000);
  await ec2.send(
    new ModifyImageAttributeCommand({ ImageId: shared, LaunchPermission: { Add: [{ UserId: sharedWith }] } }),
  );
  for (let index = ids.size; index < total; index++) await bake(`litter-${index}`);
  await site.clock.sleep(60_000);
}

async function finalize(...argv: string[]) {
  const result = await site.directrix(['finalize', '--json', '--keep-if-named-in', '*.tf', ...windows, ...argv], {
    cwd: directory,
  });
  return { ...result, document: result.document as unknown as Document };
}

async function stateOf(imageId: string): Promise<string | undefined> {
  const question = { Filters: [{ Name: 'image-id', Values: [imageId] }], IncludeDisabled: true };
  return (await site.run(site.clients.ec2.send(new DescribeImagesCommand(question)))).Images?.[0]?.State;
}

async function countSnapshots(): Promise<number> {
  const { Snapshots } = await site.run(site.clients.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] })));
  return Snapshots?.length ?? 0;
}

describe('an account of 138 images, of which 12 are named in ten ways', () => {
  test('what nothing names, and only that, is to be disabled; who shares without a report is asked for one', async () => {
    expect((await site.deploy('2')).exitCode).toBe(0);
    await site.advance(15 * dayMs);
    const { document, exitCode } = await finalize('--dry-run');
    expect([exitCode, document.unread, document.imageCount]).toEqual([0, [], total]);
    const stays = [...named.map(id), id('shared')];
    expect(document.kept.images.map((kept) => kept.id).sort()).toEqual(stays.sort());
    expect(document.kept.images.find((kept) => kept.id === id('shared'))?.text).toBe(
      'shared, and no usage report says whether it is used',
    );
    expect(new Set(document.steps.map(({ kind }) => kind))).toEqual(new Set(['disableImage']));
    expect(document.steps).toHaveLength(total - 13);
    expect(document.saves.gib).toBe(8 * (total - 13));
  });

  test('with a report that nobody uses it, it goes too; with one that says so, it stays', async () => {
    const ImageId = id('shared');
    const ResourceTypes = ['ec2:Instance', 'ec2:LaunchTemplate'].map((ResourceType) => ({ ResourceType }));
    const report = async () => {
      await site.run(site.clients.ec2.send(new CreateImageUsageReportCommand({ ImageId, ResourceTypes })));
      await site.advance(60_000);
    };
    site.lab.state.ec2.foreignUses.set(ImageId, [{ accountId: sharedWith, resourceType: 'ec2:Instance', count: 2 }]);
    await report();
    const used = await finalize('--dry-run');
    expect(used.document.kept.images.find((kept) => kept.id === ImageId)?.text).toBe(`account ${sharedWith}`);
    site.lab.state.ec2.foreignUses.clear();
    await report();
    const unused = await finalize('--dry-run');
    expect(unused.document.steps.map(({ imageId }) => imageId).sort()).toEqual(spare().sort());
    expect(unused.document.kept.images).toHaveLength(12);
  });

  test('interrupted anywhere it goes on where it was, and disables each', async () => {
    const interruption = new AbortController();
    let calls = 0;
    const onCall = (action: string) => {
      if (action === 'ec2:DisableImage' && ++calls === 40) interruption.abort('SIGINT');
    };
    const argv = ['finalize', '--json', '--apply', '--keep-if-named-in', '*.tf', ...windows];
    const first = await site.directrix(argv, { cwd: directory, signal: interruption.signal, onCall });
    expect(first.exitCode).toBe(130);
    const { exitCode, document } = await finalize('--apply');
    expect([exitCode, document.results.length]).toEqual([0, total - 12 - 40]);
    expect(await stateOf(id('litter-100'))).toBe('disabled');
    expect(await stateOf(id('number'))).toBe('available');
    expect((await finalize('--apply')).document.steps).toEqual([]);
  });

  test('what is named again meanwhile is enabled again, and shared as before', async () => {
    const value = { Name: '/again', Value: id('shared'), Type: 'String' as const };
    await site.run(site.clients.ssm.send(new PutParameterCommand(value)));
    const { document } = await finalize('--apply');
    expect(document.steps.map(({ kind, imageId }) => [kind, imageId])).toEqual([['enableImage', id('shared')]]);
    expect(await stateOf(id('shared'))).toBe('available');
    expect(site.lab.state.ec2.launchPermissions.get(id('shared'))).toEqual([{ UserId: sharedWith }]);
    named.push('shared');
  });

  test('after the window it is deregistered, comes back from the Recycle Bin whole, and goes again from the start', async () => {
    const { rules } = site.lab.state.ec2.recycleBin;
    rules.set('images', { ruleId: 'images', kind: 'image', days: 3 / 720, tags: [] });
    await site.advance(7 * dayMs);
    const { document, exitCode } = await finalize('--apply');
    expect(exitCode).toBe(0);
    expect(new Set(document.steps.map(({ kind }) => kind))).toEqual(new Set(['deregisterImage']));
    expect(document.steps.map(({ imageId }) => imageId).sort()).toEqual(spare().sort());
    const back = id('litter-100');
    expect(await stateOf(back)).toBeUndefined();
    expect(await countSnapshots()).toBe(total - 2);
    const restored = await site.directrix(['finalize', '--restore', back]);
    expect([restored.exitCode, restored.stdout]).toEqual([0, `${back} is back from the Recycle Bin.\n`]);
    expect(await stateOf(back)).toBe('available');
    const again = await finalize('--apply', '--keep-newer-than', '0d');
    expect(again.document.steps.map(({ kind, imageId }) => [kind, imageId])).toEqual([['disableImage', back]]);
  });

  test('its snapshots wait for the Recycle Bin and the window, and go last', async () => {
    await site.advance(2 * dayMs);
    const early = await finalize('--dry-run');
    expect(early.document.steps).toEqual([]);
    await site.advance(5 * dayMs);
    const { document } = await finalize('--apply');
    const kinds = document.steps.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'deleteSnapshot')).toHaveLength(spare().length - 1);
    expect(kinds.filter((kind) => kind === 'deregisterImage')).toHaveLength(1);
    // Eleven are named and were baked; web-1 and web-2 are directories. The last deregistered one keeps its snapshot for now.
    expect(await countSnapshots()).toBe(named.length - 2 + 1);
  });

  test('an image that somebody deregistered by hand leaves a snapshot, which is found', async () => {
    const ImageId = id('parameter');
    await site.run(site.clients.ec2.send(new DeregisterImageCommand({ ImageId })));
    await site.advance(4 * dayMs);
    const { document } = await finalize('--apply');
    expect(document.steps).toMatchObject([{ kind: 'markSnapshot', imageId: ImageId }]);
  });
});

describe('what cannot be known', () => {
  test('a call that is refused keeps every image, says which call, and is told apart from nothing to do', async () => {
    const refusing = (clients: AwsClients): AwsClients => {
      const send = (command: object) =>
        command instanceof DescribeFleetsCommand
          ? Promise.reject(new DirectrixError('ACCESS_DENIED', 'AWS refused ec2:DescribeFleets'))
          : clients.ec2.send(command as DescribeFleetsCommand);
      return { ...clients, ec2: Object.assign(Object.create(clients.ec2), { send }) };
    };
    const argv = ['finalize', '--json', '--apply', '--keep-newer-than', '0d', '--window', '0d'];
    const { exitCode, ...result } = await site.directrix(argv, { wrapClients: refusing });
    const document = result.document as unknown as Document;
    expect([exitCode, document.steps, document.unread]).toEqual([
      3,
      [],
      [{ source: 'fleets', because: expect.stringContaining('DescribeFleets') }],
    ]);
  });

  test('a glob that matches no file refuses', async () => {
    const refused = await site.directrix(['finalize', '--apply', '--keep-if-named-in', '*.nothing'], {
      cwd: directory,
    });
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('KEEP_FILES_MISSING')]);
  });

  test.each([
    [['--apply', '--dry-run'], 'Either --dry-run or --apply.'],
    [['--without', 'everything'], 'is no part of an account that names images'],
    [['--restore', 'web'], 'is no id of an image'],
    [['--restore', 'ami-0123456789abcdef0'], 'IMAGE_NOT_FOUND'],
  ])('%j refuses', async (argv, text) => {
    const refused = await site.directrix(['finalize', ...argv], { cwd: directory });
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining(text)]);
  });
});
