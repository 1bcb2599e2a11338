import { RegisterImageCommand } from '@aws-sdk/client-ec2';
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  LabelParameterVersionCommand,
  ListTagsForResourceCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  paginateGetParametersByPath,
  RemoveTagsFromResourceCommand,
  UnlabelParameterVersionCommand,
} from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { createTestLab, START } from '../../testing/create-test-lab.js';

function setUp() {
  const { lab, ssm, clock } = createTestLab();
  const put = (input: Partial<PutParameterCommandInput>) =>
    ssm.send(new PutParameterCommand({ Name: '/app/key', Value: 'v', Type: 'String', ...input }));
  const get = async (name: string, isDecrypted = false) =>
    (await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: isDecrypted }))).Parameter;
  return { lab, ssm, clock, put, get };
}

const error = (name: string, text: RegExp = /.*/) => ({ name, message: expect.stringMatching(text) });

describe('PutParameter', () => {
  test('creates once: it is a compare-and-set for whoever needs a lease', async () => {
    const { put, get } = setUp();
    expect(await put({ Value: 'first' })).toMatchObject({ Version: 1, Tier: 'Standard' });
    await expect(put({ Value: 'second' })).rejects.toMatchObject(
      error(
        'ParameterAlreadyExists',
        /^The parameter already exists\. To overwrite this value, set the overwrite option/,
      ),
    );
    expect(await get('/app/key')).toMatchObject({ Value: 'first', Version: 1 });
  });

  test('overwrites with a new version, which keeps what is not said again', async () => {
    const { put, get, ssm } = setUp();
    await put({ Description: 'the key' });
    await put({ Value: 'w', Type: undefined, Overwrite: true });
    expect(await get('/app/key')).toMatchObject({
      Name: '/app/key',
      Type: 'String',
      Value: 'w',
      Version: 2,
      DataType: 'text',
      LastModifiedDate: new Date(START),
      ARN: 'arn:aws:ssm:us-west-2:123456789012:parameter/app/key',
    });
    const { Parameters } = await ssm.send(new DescribeParametersCommand({}));
    expect(Parameters).toMatchObject([{ Name: '/app/key', Description: 'the key', Version: 2 }]);
  });

  test('keeps a hundred versions, and refuses to lose a labelled one', async () => {
    const { put, get, ssm } = setUp();
    for (let version = 1; version <= 101; version += 1) await put({ Value: `v${version}`, Overwrite: true });
    await expect(get('/app/key:1')).rejects.toMatchObject(
      error('ParameterVersionNotFound', /could not find version 1 of \/app\/key/),
    );
    await ssm.send(new LabelParameterVersionCommand({ Name: '/app/key', ParameterVersion: 2, Labels: ['kept'] }));
    await expect(put({ Overwrite: true })).rejects.toMatchObject(
      error('ParameterMaxVersionLimitExceeded', /Version 2, the oldest version, can't be deleted/),
    );
    expect(await get('/app/key:kept')).toMatchObject({ Value: 'v2', Selector: ':kept' });
  });

  test.each<[what: string, input: Partial<PutParameterCommandInput>, name: string, text: RegExp]>([
    ['no type', { Type: undefined }, 'ValidationException', /A parameter type is required when you create a parameter/],
    [
      'an unknown type',
      { Type: 'Text' as 'String' },
      'ValidationException',
      /enum value set: \[String, StringList, SecureString\]/,
    ],
    ['an empty value', { Value: '' }, 'ValidationException', /length greater than or equal to 1/],
    [
      'more than 4 KB',
      { Value: 'x'.repeat(4_097) },
      'ValidationException',
      /maximum parameter value of 4096 characters/,
    ],
    ['more than 4 KB of UTF-8', { Value: 'é'.repeat(2_049) }, 'ValidationException', /4096/],
    ['more than 8 KB', { Value: 'x'.repeat(8_193), Tier: 'Advanced' }, 'ValidationException', /8192/],
    ['a path without its first slash', { Name: 'app/key' }, 'ValidationException', /fully qualified name/],
    ['a space', { Name: '/app/my key' }, 'ValidationException', /mix of letters, numbers/],
    ['an empty level', { Name: '/app//key' }, 'ValidationException', /mix of letters, numbers/],
    [
      'a reserved name',
      { Name: '/aws/key' },
      'AccessDeniedException',
      /No access to reserved parameter name: \/aws\/key/,
    ],
    ['sixteen levels', { Name: '/a'.repeat(16) }, 'HierarchyLevelLimitExceededException', /maximum of 15 levels/],
    [
      'a value against its pattern',
      { Value: 'x', AllowedPattern: '^\\d+$' },
      'ParameterPatternMismatchException',
      /allowedPattern: \^\\d\+\$/,
    ],
    [
      'a value that would keep a backtracking pattern busy for ever',
      { Value: `${'a'.repeat(2_000)}!`, AllowedPattern: '^(a+)+$' },
      'ParameterPatternMismatchException',
      /allowedPattern/,
    ],
    ['a pattern that is none', { AllowedPattern: '(' }, 'InvalidAllowedPatternException', /regular expression/],
    ['a key for a plain text', { KeyId: 'alias/mine' }, 'ValidationException', /SecureString/],
    [
      'policies',
      { Policies: '[{"Type":"Expiration"}]' },
      'UnsupportedOperationException',
      /does not emulate parameter policies/,
    ],
  ])('refuses %s', async (_what, input, name, text) => {
    const { put } = setUp();
    await expect(put(input)).rejects.toMatchObject(error(name, text));
  });

  test('refuses to change a type, to go back a tier, and tags on an overwrite', async () => {
    const { put } = setUp();
    await put({ Tier: 'Advanced' });
    await expect(put({ Type: 'SecureString', Overwrite: true })).rejects.toMatchObject(
      error('HierarchyTypeMismatchException', /from a String type to a SecureString type/),
    );
    await expect(put({ Tier: 'Standard', Overwrite: true })).rejects.toMatchObject(
      error('ValidationException', /can't downgrade/),
    );
    await expect(put({ Overwrite: true, Tags: [{ Key: 'a', Value: 'b' }] })).rejects.toMatchObject(
      error('ValidationException', /tags and overwrite can't be used together/),
    );
  });

  test('takes the tier that a value needs', async () => {
    const { put } = setUp();
    const large = await put({ Value: 'x'.repeat(5_000), Tier: 'Intelligent-Tiering' });
    const small = await put({ Name: '/app/small', Tier: 'Intelligent-Tiering' });
    expect([large.Tier, small.Tier]).toEqual(['Advanced', 'Standard']);
  });
});

describe('reading', () => {
  test('a SecureString is readable only when decryption is asked for', async () => {
    const { put, get } = setUp();
    await put({ Type: 'SecureString', Value: 'hunter2' });
    expect((await get('/app/key', true))?.Value).toBe('hunter2');
    const sealed = (await get('/app/key'))?.Value ?? '';
    expect(sealed).toMatch(/^AQICAHh/);
    await put({ Type: 'SecureString', Value: 'a much longer secret than that', Overwrite: true });
    expect((await get('/app/key'))?.Value).toHaveLength(sealed.length);
  });

  test('a version, a label and an ARN select what they name', async () => {
    const { put, get, ssm } = setUp();
    await put({ Value: 'one' });
    await put({ Value: 'two', Overwrite: true });
    await ssm.send(new LabelParameterVersionCommand({ Name: '/app/key', ParameterVersion: 1, Labels: ['good'] }));
    expect(await get('/app/key:1')).toMatchObject({ Value: 'one', Selector: ':1' });
    expect(await get('/app/key:good')).toMatchObject({ Value: 'one', Selector: ':good' });
    expect(await get('arn:aws:ssm:us-west-2:123456789012:parameter/app/key:2')).toMatchObject({ Value: 'two' });
    await expect(get('/app/key:bad')).rejects.toMatchObject(error('ParameterVersionNotFound', /label bad/));
  });

  test('what does not exist is not found', async () => {
    await expect(setUp().get('/nothing')).rejects.toMatchObject(error('ParameterNotFound'));
  });

  test('GetParameters sorts names into found and invalid, and takes ten at most', async () => {
    const { put, ssm } = setUp();
    await put({});
    const found = await ssm.send(new GetParametersCommand({ Names: ['/app/key', '/app/none', '/app/key:7'] }));
    expect(found.Parameters).toMatchObject([{ Name: '/app/key' }]);
    expect(found.InvalidParameters).toEqual(['/app/none', '/app/key:7']);
    const eleven = Array.from({ length: 11 }, (_, index) => `/p${index}`);
    await expect(ssm.send(new GetParametersCommand({ Names: eleven }))).rejects.toMatchObject(
      error('ValidationException', /less than or equal to 10/),
    );
  });
});

describe('GetParametersByPath', () => {
  async function setUpTree() {
    const built = setUp();
    for (const name of ['/app', '/app/a', '/app/b/c', '/apple', 'bare']) await built.put({ Name: name, Value: name });
    const read = async (path: string, isRecursive: boolean) => {
      const { Parameters } = await built.ssm.send(
        new GetParametersByPathCommand({ Path: path, Recursive: isRecursive }),
      );
      return Parameters?.map(({ Name }) => Name);
    };
    return { ...built, read };
  }

  test.each<[path: string, isRecursive: boolean, names: string[]]>([
    ['/app', false, ['/app/a']],
    ['/app/', false, ['/app/a']],
    ['/app', true, ['/app/a', '/app/b/c']],
    ['/', false, ['/app', '/apple', 'bare']],
    ['/', true, ['/app', '/app/a', '/app/b/c', '/apple', 'bare']],
    ['/empty', true, []],
  ])('%s (recursive: %s) holds %j', async (path, isRecursive, names) => {
    const { read } = await setUpTree();
    expect(await read(path, isRecursive)).toEqual(names);
  });

  test('pages by ten, and neither repeats nor loses what stays while others come and go', async () => {
    const { put, ssm } = setUp();
    const names = Array.from({ length: 25 }, (_, index) => `/many/${String(index).padStart(2, '0')}`);
    for (const name of names) await put({ Name: name });
    const seen: (string | undefined)[] = [];
    const sizes: (number | undefined)[] = [];
    for await (const page of paginateGetParametersByPath({ client: ssm }, { Path: '/many' })) {
      sizes.push(page.Parameters?.length);
      seen.push(...(page.Parameters?.map(({ Name }) => Name) ?? []));
      if (sizes.length === 1) await ssm.send(new DeleteParameterCommand({ Name: '/many/03' }));
    }
    expect([sizes, seen]).toEqual([[10, 10, 5], names]);
  });

  test('a filter leaves pages short or empty, and the token goes on', async () => {
    const { put, ssm } = setUp();
    for (let index = 10; index < 32; index += 1)
      await put({ Name: `/many/${index}`, Type: index < 30 ? 'String' : 'StringList' });
    const sizes: (number | undefined)[] = [];
    const filter = { Key: 'Type', Values: ['StringList'] };
    for await (const page of paginateGetParametersByPath(
      { client: ssm },
      { Path: '/many', ParameterFilters: [filter] },
    )) {
      sizes.push(page.Parameters?.length);
    }
    expect(sizes).toEqual([0, 0, 2]);
  });

  test('a fault gives an empty page with a token, before the same page in full', async () => {
    const { put, ssm, lab } = setUp();
    await put({});
    lab.faults.add({ service: 'ssm', operation: 'GetParametersByPath', kind: 'emptyPage', times: 1 });
    const first = await ssm.send(new GetParametersByPathCommand({ Path: '/app' }));
    expect([first.Parameters, typeof first.NextToken]).toEqual([[], 'string']);
    const second = await ssm.send(new GetParametersByPathCommand({ Path: '/app', NextToken: first.NextToken }));
    expect(second.Parameters).toMatchObject([{ Name: '/app/key' }]);
  });

  test('a label selects the version that has it', async () => {
    const { put, ssm } = setUp();
    await put({ Value: 'one' });
    await put({ Value: 'two', Overwrite: true });
    await put({ Name: '/app/other' });
    await ssm.send(new LabelParameterVersionCommand({ Name: '/app/key', ParameterVersion: 1, Labels: ['release'] }));
    const ParameterFilters = [{ Key: 'Label', Values: ['release'] }];
    const { Parameters } = await ssm.send(new GetParametersByPathCommand({ Path: '/app', ParameterFilters }));
    expect(Parameters).toMatchObject([{ Name: '/app/key', Value: 'one' }]);
  });

  test('refuses what is no path, a page of eleven, a token it did not give, and an unknown filter', async () => {
    const { ssm } = setUp();
    const read = (input: object) => ssm.send(new GetParametersByPathCommand({ Path: '/app', ...input }));
    await expect(read({ Path: 'app' })).rejects.toMatchObject(
      error('ValidationException', /must begin with a forward slash/),
    );
    await expect(read({ MaxResults: 11 })).rejects.toMatchObject(
      error('ValidationException', /less than or equal to 10/),
    );
    await expect(read({ NextToken: 'made-up' })).rejects.toMatchObject(error('InvalidNextToken'));
    await expect(read({ ParameterFilters: [{ Key: 'Name', Values: ['x'] }] })).rejects.toMatchObject(
      error('InvalidFilterKey'),
    );
  });
});

describe('labels', () => {
  test('a label moves to the version that is given it last', async () => {
    const { put, ssm } = setUp();
    await put({});
    await put({ Overwrite: true });
    const label = (version: number, ...labels: string[]) =>
      ssm.send(new LabelParameterVersionCommand({ Name: '/app/key', ParameterVersion: version, Labels: labels }));
    expect(await label(1, 'live', '1st')).toMatchObject({ InvalidLabels: ['1st'], ParameterVersion: 1 });
    await label(2, 'live');
    const { Parameters } = await ssm.send(new GetParameterHistoryCommand({ Name: '/app/key' }));
    expect(Parameters?.map(({ Labels }) => Labels)).toEqual([[], ['live']]);
  });

  test('a version has ten at most, and loses those that are taken from it', async () => {
    const { put, ssm } = setUp();
    await put({});
    const labels = Array.from({ length: 10 }, (_, index) => `label${index}`);
    await ssm.send(new LabelParameterVersionCommand({ Name: '/app/key', Labels: labels }));
    await expect(
      ssm.send(new LabelParameterVersionCommand({ Name: '/app/key', Labels: ['more'] })),
    ).rejects.toMatchObject(error('ParameterVersionLabelLimitExceeded', /maximum 10 labels/));
    const removed = await ssm.send(
      new UnlabelParameterVersionCommand({ Name: '/app/key', ParameterVersion: 1, Labels: ['label0', 'none'] }),
    );
    expect(removed).toMatchObject({ RemovedLabels: ['label0'], InvalidLabels: ['none'] });
  });
});

describe('deleting, describing and tagging', () => {
  test('what is deleted is gone, and may be created anew as version 1', async () => {
    const { put, ssm } = setUp();
    await put({});
    const deleted = await ssm.send(new DeleteParametersCommand({ Names: ['/app/key', '/app/none'] }));
    expect(deleted).toMatchObject({ DeletedParameters: ['/app/key'], InvalidParameters: ['/app/none'] });
    await expect(ssm.send(new DeleteParameterCommand({ Name: '/app/key' }))).rejects.toMatchObject(
      error('ParameterNotFound'),
    );
    expect(await put({})).toMatchObject({ Version: 1 });
  });

  test('DescribeParameters filters by name, path, type and tag, and shows no value', async () => {
    const { put, ssm } = setUp();
    await put({ Name: '/app/a', Tags: [{ Key: 'team', Value: 'web' }] });
    await put({ Name: '/app/deep/b', Type: 'SecureString', Value: 'hunter2' });
    const names = async (filter: { Key: string; Option?: string; Values?: string[] }) => {
      const { Parameters } = await ssm.send(new DescribeParametersCommand({ ParameterFilters: [filter] }));
      expect(JSON.stringify(Parameters)).not.toContain('hunter2');
      return Parameters?.map(({ Name }) => Name);
    };
    expect(await names({ Key: 'Name', Option: 'BeginsWith', Values: ['/app/d'] })).toEqual(['/app/deep/b']);
    expect(await names({ Key: 'Path', Option: 'OneLevel', Values: ['/app'] })).toEqual(['/app/a']);
    expect(await names({ Key: 'Path', Option: 'Recursive', Values: ['/app'] })).toEqual(['/app/a', '/app/deep/b']);
    expect(await names({ Key: 'Type', Values: ['SecureString'] })).toEqual(['/app/deep/b']);
    expect(await names({ Key: 'tag:team', Values: ['web'] })).toEqual(['/app/a']);
  });

  test('tags are added, replaced by key, listed and removed', async () => {
    const { put, ssm } = setUp();
    await put({ Tags: [{ Key: 'a', Value: '1' }] });
    const resource = { ResourceType: 'Parameter', ResourceId: '/app/key' } as const;
    await ssm.send(
      new AddTagsToResourceCommand({
        ...resource,
        Tags: [
          { Key: 'a', Value: '2' },
          { Key: 'b', Value: '3' },
        ],
      }),
    );
    await ssm.send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: ['b'] }));
    const { TagList } = await ssm.send(new ListTagsForResourceCommand(resource));
    expect(TagList).toEqual([{ Key: 'a', Value: '2' }]);
    await expect(ssm.send(new ListTagsForResourceCommand({ ...resource, ResourceId: '/none' }))).rejects.toMatchObject(
      error('InvalidResourceId'),
    );
  });
});

test('a name with its first slash and without is one parameter', async () => {
  const { ssm } = createTestLab();
  const put = (Name: string) => ssm.send(new PutParameterCommand({ Name, Value: 'x', Type: 'String' }));
  await put('color');
  await expect(put('/color')).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
  expect((await ssm.send(new GetParameterCommand({ Name: '/color' }))).Parameter?.Value).toBe('x');
  await ssm.send(new DeleteParameterCommand({ Name: '/color' }));
  await expect(ssm.send(new GetParameterCommand({ Name: 'color' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  });
});

test('a public parameter of AWS is what the last image stands in for that says so, and unknown without one', async () => {
  const { ssm, ec2 } = createTestLab();
  const Name = '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-6.1-x86_64';
  const read = () => ssm.send(new GetParameterCommand({ Name }));
  await expect(read()).rejects.toMatchObject({ name: 'ParameterNotFound' });
  let ImageId: string | undefined;
  for (const Value of [Name, `/aws/service/other ${Name}`]) {
    const Tags = [{ Key: 'directrix:public-parameters', Value }];
    const image = { Name: `al2023 ${Value.length}`, ImageLocation: 'simulated:{}', RootDeviceName: '/dev/xvda' };
    const TagSpecifications = [{ ResourceType: 'image' as const, Tags }];
    ({ ImageId } = await ec2.send(new RegisterImageCommand({ ...image, Architecture: 'x86_64', TagSpecifications })));
  }
  expect((await read()).Parameter).toMatchObject({ Name, Value: ImageId, Type: 'String', Version: 1 });
});
