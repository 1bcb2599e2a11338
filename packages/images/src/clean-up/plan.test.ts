import type { Read } from '@directrix/preflight';
import type { RolloutRecord } from '@directrix/rollout';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  account,
  ami,
  day,
  group,
  id,
  image,
  instance,
  now,
  read,
  rules,
  snapshotFor,
  template,
  unread,
  withTemplates,
} from './account.fixture.js';
import { type CleanUpAccount, referenceSources, type Sharing } from './account.js';
import { disabledAtTag, imageTag, keepTag, orphanedAtTag, quarantineExpiresTag, sharedWithTag } from './marks.js';
import { type CleanUpPlan, type CleanUpRules, planCleanUp } from './plan.js';

const one = image('a');
const spare = image('b');
const tag = (Key: string, Value: string) => ({ Key, Value });
const ago = (milliseconds: number) => new Date(now - milliseconds).toISOString();

/** `disableImage ami-…a`: what is done, in order. */
function told(plan: CleanUpPlan): string[] {
  return plan.steps.map((step) => {
    const idOf = { ...step } as { imageId?: string; snapshotId?: string; instanceId?: string; version?: string };
    return `${step.kind} ${idOf.snapshotId ?? idOf.instanceId ?? idOf.version ?? idOf.imageId}`;
  });
}

function why(plan: CleanUpPlan, imageId = ami('a')): string[] {
  const reasons = plan.keptImages.find((kept) => kept.id === imageId)?.reasons ?? [];
  return reasons.map((reason) => (reason.code === 'NAMED' ? reason.reference.kind : reason.code));
}

const plan = (more: Partial<CleanUpAccount>, changed: Partial<CleanUpRules> = {}) =>
  planCleanUp(account({ images: [one, spare], ...more }), { ...rules, ...changed });

const release = (text: string, at: number, more: object = {}) => ({
  version: text,
  imageId: ami(text),
  launchTemplateVersion: '1',
  at,
  rolloutId: `r-${text}`,
  ...more,
});
const memory = (history: readonly object[], record?: object) => ({
  groupName: 'web',
  history: history as never,
  record: record as RolloutRecord | undefined,
  ownPath: '/directrix/groups/web',
  launchTemplateIds: [id('lt', '1')],
});
const record = (outcome?: string) => ({ outcome, from: release('a', now), to: release('c', now) });

/** Each names image a, and nothing else does. */
const namings: Readonly<Record<string, Partial<CleanUpAccount>>> = {
  'a running instance': { instances: read([instance('1', { ImageId: ami('a') })]) },
  'a stopped instance': { instances: read([instance('1', { ImageId: ami('a'), State: { Name: 'stopped' } })]) },
  'the $Default of a template that no group uses': withTemplates(template('1', [ami('a'), ami('c')], 1)),
  'the $Latest of a template that no group uses': withTemplates(template('1', [ami('c'), ami('a')], 1)),
  'a group by a number': {
    ...withTemplates(template('1', [ami('a'), ami('c')])),
    groups: read([group('web', { LaunchTemplate: { LaunchTemplateId: id('lt', '1'), Version: '1' } })]),
  },
  'a group by the name of its template': {
    ...withTemplates(template('1', [ami('a'), ami('c'), ami('c')], 2)),
    groups: read([group('web', { LaunchTemplate: { LaunchTemplateName: 'template-1', Version: '1' } })]),
  },
  "an instance's template version, when a group no longer names it": {
    ...withTemplates(template('1', [ami('a'), ami('c')])),
    instances: read([
      instance('1', {
        ImageId: ami('c'),
        Tags: [tag('aws:ec2launchtemplate:id', id('lt', '1')), tag('aws:ec2launchtemplate:version', '1')],
      }),
    ]),
  },
  'an override of a mixed instances policy': {
    ...withTemplates(template('1', [ami('c')]), template('2', [ami('a'), ami('c')])),
    groups: read([
      group('web', {
        MixedInstancesPolicy: {
          LaunchTemplate: {
            LaunchTemplateSpecification: { LaunchTemplateId: id('lt', '1'), Version: '$Latest' },
            Overrides: [{ LaunchTemplateSpecification: { LaunchTemplateId: id('lt', '2'), Version: '1' } }],
          },
        },
      }),
    ]),
  },
  'an override that names the image itself': {
    groups: read([
      group('web', { MixedInstancesPolicy: { LaunchTemplate: { Overrides: [{ ImageId: ami('a') } as never] } } }),
    ]),
  },
  "a member's template version": {
    ...withTemplates(template('1', [ami('a'), ami('c')])),
    groups: read([
      group('web', {
        Instances: [
          { InstanceId: id('i', '1'), LaunchTemplate: { LaunchTemplateId: id('lt', '1'), Version: '1' } } as never,
        ],
      }),
    ]),
  },
  'a launch configuration': {
    launchConfigurations: read([{ LaunchConfigurationName: 'old', ImageId: ami('a') } as never]),
  },
  'an instance refresh': {
    ...withTemplates(template('1', [ami('a'), ami('c')])),
    instanceRefreshes: read([
      { DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: id('lt', '1'), Version: '1' } } },
    ]),
  },
  'a Spot request': { spotRequests: read([{ LaunchSpecification: { ImageId: ami('a') } }]) },
  'a Spot Fleet': {
    spotFleets: read([{ SpotFleetRequestConfig: { LaunchSpecifications: [{ ImageId: ami('a') }] } as never }]),
  },
  'an EC2 Fleet by its template': {
    ...withTemplates(template('1', [ami('a'), ami('c')])),
    fleets: read([
      {
        LaunchTemplateConfigs: [
          { LaunchTemplateSpecification: { LaunchTemplateId: id('lt', '1'), Version: '1' }, Overrides: [] },
        ],
      },
    ]),
  },
  'a parameter': { parameters: read([{ name: '/web/image', value: ami('a') }]) },
  'a parameter that holds JSON': { parameters: read([{ name: '/web', value: JSON.stringify({ image: ami('a') }) }]) },
  "a parameter's version that a template resolves": {
    ...withTemplates(template('1', ['resolve:ssm:/web/image:3'])),
    resolved: new Map([['/web/image:3', read(ami('a'))]]),
  },
  'user data of a template': withTemplates({
    ...template('1', [ami('c')]),
    versions: template('1', [ami('c')]).versions.map((version) => ({
      ...version,
      LaunchTemplateData: { UserData: Buffer.from(`#!/bin/sh\nbuild --from ${ami('a')}\n`).toString('base64') },
    })),
  }),
  'a recipe of Image Builder': {
    imageReferences: read([{ ImageId: ami('a'), ResourceType: 'imagebuilder:ImageRecipe', Arn: 'arn:aws:…' }]),
  },
  'a file by id': { files: [{ path: 'main.tf', text: `ami = "${ami('a')}"\n` }] },
  'a file by name': { files: [{ path: 'main.tf', text: 'values = ["web-a"]\n' }] },
  'the last good releases': {
    memories: read([memory([release('c', now - 90 * day), release('a', now - 100 * day)])]),
  },
  'the rollback window, although the release was withdrawn': {
    memories: read([memory([release('a', now - 3 * day, { withdrawnAt: now - 2 * day })])]),
  },
  'an unfinished rollout': { memories: read([memory([], record())]) },
  'a rollout that needs a human': { memories: read([memory([], record('needsHuman'))]) },
  'a template version of a good release': {
    ...withTemplates(template('1', [ami('a'), ami('c')])),
    memories: read([memory([{ ...release('c', now - 90 * day), launchTemplateVersion: '1' }])]),
  },
  "Directrix's memory of a group that is gone": {
    parameters: read([{ name: '/directrix/groups/gone/history', value: JSON.stringify([{ imageId: ami('a') }]) }]),
  },
  'another account, by the usage report': {
    sharing: new Map<string, Read<Sharing>>([
      [
        ami('a'),
        read({
          permissions: [{ UserId: '111122223333' }],
          use: { kind: 'reported' as const, uses: [{ accountId: '111122223333', count: 1 }] },
        }),
      ],
      [ami('b'), read({ permissions: [] })],
    ]),
  },
};

describe('P1: an image stays that is named by', () => {
  test.each(Object.keys(namings))('%s', (name) => {
    const made = plan(namings[name] ?? {});
    expect(made.keptImages.map((kept) => kept.id)).toEqual([ami('a')]);
    expect(told(made)).toEqual([`disableImage ${ami('b')}`]);
  });
});

describe('P1: an image goes that is named only by', () => {
  test.each<[string, Partial<CleanUpAccount>]>([
    ['a numbered version that nothing names', withTemplates(template('1', [ami('a'), ami('c')]))],
    ['a release that was withdrawn long ago', { memories: read([memory([release('a', 0, { withdrawnAt: 1 })])]) }],
    [
      'the fourth good release',
      { memories: read([memory(['c', 'd', 'e', 'a'].map((text) => release(text, now - 90 * day)))]) },
    ],
    ['a rollout that is done', { memories: read([memory([], record('done'))]) }],
    [
      "Directrix's own memory of a group that is there",
      {
        memories: read([memory([])]),
        parameters: read([{ name: '/directrix/groups/web/record', value: ami('a') }]),
      },
    ],
    ['a longer name in a file', { files: [{ path: 'x', text: 'web-a-2 web-a.1 my-web-a' }] }],
  ])('%s', (_, more) => {
    expect(told(plan(more))).toEqual([`disableImage ${ami('a')}`, `disableImage ${ami('b')}`]);
  });

  test('a numbered version, unless every version counts', () => {
    const made = plan(withTemplates(template('1', [ami('a'), ami('c')])), { isEveryVersionKept: true });
    expect(why(made)).toEqual(['launchTemplate']);
  });
});

describe('P1: what is not known keeps everything', () => {
  test.each(referenceSources)('%s that were not read', (source) => {
    const made = plan({ [source]: unread });
    expect(made.steps).toEqual([]);
    expect(why(made)).toEqual(['UNREAD']);
    expect(made.unread).toEqual([{ source, because: 'AccessDenied' }]);
    expect(told(plan({ [source]: unread }, { waived: [source] }))).toHaveLength(2);
  });

  test('a parameter that a launch resolves and that was not read', () => {
    const more = { ...withTemplates(template('1', ['resolve:ssm:/x:1'])), resolved: new Map([['/x:1', unread]]) };
    expect(plan(more).steps).toEqual([]);
  });

  test.each<[string, CleanUpAccount['sharing'] extends ReadonlyMap<string, infer V> ? V | undefined : never, string]>([
    ['sharing that was not read', unread, 'UNREAD'],
    ['sharing that was not asked for', undefined, 'UNREAD'],
    ['everybody', read({ permissions: [{ Group: 'all' }] }), 'SHARED_WIDELY'],
    [
      'an organization',
      read({ permissions: [{ OrganizationArn: 'arn:aws:organizations::1:organization/o' }] }),
      'SHARED_WIDELY',
    ],
    [
      'an account without a report',
      read({ permissions: [{ UserId: '1' }], use: { kind: 'noReport' } }),
      'SHARED_WITHOUT_REPORT',
    ],
  ])('an image with %s', (_, sharing, code) => {
    const map = new Map([[ami('b'), read({ permissions: [] })]]);
    if (sharing !== undefined) map.set(ami('a'), sharing as never);
    const made = plan({ sharing: map });
    expect(why(made)).toEqual([code]);
    expect(told(made)).toEqual([`disableImage ${ami('b')}`]);
  });
});

describe('an image goes in steps', () => {
  const disabled = (milliseconds: number, more: object = {}) =>
    image('a', { State: 'disabled', Tags: [tag(disabledAtTag, ago(milliseconds))], ...more });

  test('P2: disabled first, then not before the window is over, then deregistered with its own snapshots', () => {
    expect(told(plan({ images: [one] }))).toEqual([`disableImage ${ami('a')}`]);
    const early = plan({ images: [disabled(7 * day - 1)] });
    expect([early.steps, early.keptImages[0]?.reasons]).toEqual([[], [{ code: 'WAITING', until: now + 1 }]]);
    expect(plan({ images: [disabled(7 * day)] }).steps).toMatchObject([
      { kind: 'deregisterImage', imageId: ami('a'), snapshotIds: [id('snap', 'a')] },
    ]);
  });

  test('a snapshot that another image is made of stays with that one', () => {
    const sharing = image('c', { BlockDeviceMappings: one.BlockDeviceMappings, Tags: [tag(keepTag, '')] });
    expect(plan({ images: [disabled(7 * day), sharing] }).steps).toMatchObject([{ snapshotIds: [] }]);
  });

  test('named again, it is enabled again, and shared as it was', () => {
    const Tags = [tag(disabledAtTag, ago(day)), tag(sharedWithTag, '111122223333 444455556666')];
    const made = plan({ images: [image('a', { State: 'disabled', Tags })], ...namings['a parameter'] });
    expect(made.steps).toMatchObject([
      { kind: 'enableImage', shareWith: ['111122223333', '444455556666'], because: [{ by: '/web/image' }] },
    ]);
  });

  test.each<[string, object, string]>([
    ['disabled by somebody else', { State: 'disabled' }, 'DISABLED_BY_OTHERS'],
    ['pending', { State: 'pending' }, 'STATE'],
    ['protected', { DeregistrationProtection: 'enabled-without-cooldown' }, 'PROTECTED'],
    ['tagged to stay', { Tags: [tag(keepTag, 'ask Ann')] }, 'KEEP_TAG'],
    ['managed by AWS Backup', { Tags: [tag('aws:backup:source-resource', 'x')] }, 'MANAGED'],
    ['of the marketplace', { ProductCodes: [{ ProductCodeId: 'x' }] }, 'MANAGED'],
    ['young', { CreationDate: ago(day - 1) }, 'YOUNG'],
    ['of an unknown age', { CreationDate: undefined }, 'YOUNG'],
  ])('P3: %s, it stays', (_, more, code) => {
    const made = plan({ images: [image('a', more)] });
    expect([made.steps, why(made)]).toEqual([[], [code]]);
  });

  test('only those that were chosen by a tag', () => {
    const Tags = [tag('Version', '1')];
    const made = plan({ images: [image('a', { Tags }), spare] }, { onlyTags: [{ key: 'Version' }] });
    expect(told(made)).toEqual([`disableImage ${ami('a')}`]);
    expect(plan({ images: [image('a', { Tags })] }, { onlyTags: [{ key: 'Version', value: '2' }] }).steps).toEqual([]);
  });
});

describe('a snapshot', () => {
  const marked = (milliseconds: number, more: object = {}) =>
    snapshotFor('a', { Tags: [tag(orphanedAtTag, ago(milliseconds)), tag(imageTag, ami('a'))], ...more });
  const of = (snapshot: ReturnType<typeof snapshotFor>, more: Partial<CleanUpAccount> = {}) =>
    plan({ images: [], snapshots: [snapshot], ...more });

  test('P2: of an image that is gone is marked, and deleted after the window', () => {
    expect(told(of(snapshotFor('a')))).toEqual([`markSnapshot ${id('snap', 'a')}`]);
    expect(told(of(marked(7 * day - 1)))).toEqual([]);
    expect(of(marked(7 * day)).steps).toMatchObject([{ kind: 'deleteSnapshot', size: { volumeGib: 8 } }]);
  });

  test.each<[string, Partial<CleanUpAccount>]>([
    ['its image is registered', { images: [image('a', { Tags: [tag(keepTag, '')] })] }],
    [
      'another image is made of it',
      { images: [image('c', { BlockDeviceMappings: one.BlockDeviceMappings, Tags: [tag(keepTag, '')] })] },
    ],
    ['its image is in the Recycle Bin', { recycledImageIds: read([ami('a')]) }],
    ['the Recycle Bin was not read', { recycledImageIds: unread }],
    ['another account may use it', { snapshotSharing: new Map([[id('snap', 'a'), read(['111122223333'])]]) }],
    ['who else may use it was not read', { snapshotSharing: new Map([[id('snap', 'a'), unread]]) }],
    ['who else may use it was not asked', { snapshotSharing: new Map() }],
    [
      'a launch template names it',
      withTemplates({
        ...template('1', []),
        launchTemplate: { LaunchTemplateId: id('lt', '1'), LatestVersionNumber: 1, DefaultVersionNumber: 1 },
        versions: [
          {
            LaunchTemplateId: id('lt', '1'),
            VersionNumber: 1,
            LaunchTemplateData: { BlockDeviceMappings: [{ Ebs: { SnapshotId: id('snap', 'a') } }] },
          },
        ],
      }),
    ],
    ['a file names it', { files: [{ path: 'x', text: id('snap', 'a') }] }],
    ['an account was not read', { groups: unread }],
  ])('stays when %s', (_, more) => {
    expect(of(marked(30 * day), more).steps.filter(({ kind }) => /Snapshot/.test(kind))).toEqual([]);
  });

  test('of no image is not judged at all', () => {
    const made = of(snapshotFor('a', { Description: 'nightly backup' }));
    expect([made.steps, made.keptSnapshots]).toEqual([[], []]);
  });
});

describe('a launch template version', () => {
  const versions = (more: object) => {
    const made = template('1', [ami('c'), ami('d'), ami('e')]);
    return withTemplates({
      ...made,
      versions: made.versions.map((one) => ({ ...one, VersionDescription: 'directrix 20180101-000000-1', ...more })),
    });
  };
  const deleted = (more: Partial<CleanUpAccount>) =>
    told(plan({ images: [], ...more })).filter((step) => step.startsWith('deleteLaunchTemplateVersion'));

  test('of a rollout that nothing names goes', () => {
    expect(deleted(versions({}))).toEqual(['deleteLaunchTemplateVersion 1', 'deleteLaunchTemplateVersion 2']);
  });

  test.each<[string, Partial<CleanUpAccount>]>([
    ['made by others', versions({ VersionDescription: 'by Terraform' })],
    ['of the rollback window', versions({ CreateTime: new Date(now - 13 * day) })],
    ['where something was not read', { ...versions({}), fleets: unread }],
  ])('%s stays', (_, more) => {
    expect(deleted(more)).toEqual([]);
  });

  test('that a good release would be rolled back to stays', () => {
    const memories = read([memory([release('c', now - 90 * day)])]);
    expect(deleted({ ...versions({}), memories })).toEqual(['deleteLaunchTemplateVersion 2']);
  });
});

describe('a quarantined instance', () => {
  const kept = (milliseconds: number, more: object = {}) =>
    instance('1', { Tags: [tag(quarantineExpiresTag, ago(milliseconds))], ...more });
  const judged = (one: ReturnType<typeof instance>, more: Partial<CleanUpAccount> = {}) =>
    told(plan({ images: [], instances: read([one]), ...more }));

  test('goes when its time is over', () => {
    expect(judged(kept(1))).toEqual([`terminateInstance ${id('i', '1')}`]);
    expect(judged(kept(-1))).toEqual([]);
  });

  test('stays when a group holds it, groups were not read, or it is tagged to stay', () => {
    expect(
      judged(kept(1), { groups: read([group('web', { Instances: [{ InstanceId: id('i', '1') } as never] })]) }),
    ).toEqual([]);
    expect(judged(kept(1), { groups: unread })).toEqual([]);
    const Tags = [tag(quarantineExpiresTag, ago(1)), tag(keepTag, '')];
    expect(judged(kept(1, { Tags }))).toEqual([]);
    expect(judged(instance('1'))).toEqual([]);
  });
});

test('the steps are in order: what may name images first, snapshots last', () => {
  const made = planCleanUp(
    account({
      images: [
        image('a', { State: 'disabled', Tags: [tag(disabledAtTag, ago(8 * day))] }),
        spare,
        image('c', { State: 'disabled', Tags: [tag(disabledAtTag, ago(day))] }),
      ],
      snapshots: [snapshotFor('d', { Tags: [tag(orphanedAtTag, ago(8 * day))] }), snapshotFor('e')],
      instances: read([instance('1', { Tags: [tag(quarantineExpiresTag, ago(1))] })]),
      parameters: read([{ name: '/p', value: ami('c') }]),
    }),
    rules,
  );
  expect(made.steps.map(({ kind }) => kind)).toEqual([
    'terminateInstance',
    'enableImage',
    'disableImage',
    'deregisterImage',
    'markSnapshot',
    'deleteSnapshot',
  ]);
});

test('what it saves are the snapshots of all that goes, each once, and none that something else needs', () => {
  const images = [one, spare, image('c', { BlockDeviceMappings: one.BlockDeviceMappings, Tags: [tag(keepTag, '')] })];
  const snapshots = [snapshotFor('a'), snapshotFor('b'), snapshotFor('gone', { VolumeSize: 20 })];
  expect(plan({ images, snapshots }).goingGib).toBe(28);
});

test('P1, P2: whatever the account, no image goes that something names, and none by two steps', () => {
  const names = Object.keys(namings);
  const state = fc.constantFrom<object>(
    {},
    { State: 'disabled' },
    { State: 'disabled', Tags: [tag(disabledAtTag, ago(day))] },
    { State: 'disabled', Tags: [tag(disabledAtTag, ago(9 * day))] },
  );
  fc.assert(
    fc.property(fc.constantFrom(...names), state, state, (name, first, second) => {
      const made = plan({ images: [image('a', first), image('b', second)], ...namings[name] });
      const touched = made.steps.flatMap((step) => ('imageId' in step ? step.imageId : []));
      expect(new Set(touched).size).toBe(touched.length);
      const going = made.steps.filter(({ kind }) => kind === 'disableImage' || kind === 'deregisterImage');
      // Who shares is forgotten when an image is disabled: only then does another account no longer count.
      if (name !== 'another account, by the usage report')
        expect(going.map((step) => 'imageId' in step && step.imageId)).not.toContain(ami('a'));
    }),
    { seed: 12, numRuns: 200 },
  );
});
