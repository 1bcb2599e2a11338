import { describe, expect, test } from 'vitest';
import { createTags } from './operations/create-tags.js';
import { createVpc } from './operations/create-vpc.js';
import { deleteTags } from './operations/delete-tags.js';
import { describeTags } from './operations/describe-tags.js';
import { describeVpcs } from './operations/describe-vpcs.js';
import { createTestNetwork, refusal } from './test-network.js';

const web = { Key: 'Name', Value: 'web' };

describe('tags', () => {
  test('are overwritten by key and taken away by key, or by key and value', () => {
    const { context, vpcId } = createTestNetwork();
    const read = () => describeVpcs({ VpcIds: [vpcId] }, context).Vpcs?.[0]?.Tags;
    createTags({ Resources: [vpcId], Tags: [web, { Key: 'Team', Value: 'a' }] }, context);
    createTags({ Resources: [vpcId], Tags: [{ Key: 'Team', Value: 'b' }] }, context);
    expect(read()).toEqual([web, { Key: 'Team', Value: 'b' }]);
    deleteTags({ Resources: [vpcId], Tags: [{ Key: 'Team', Value: 'a' }, { Key: 'Name' }] }, context);
    expect(read()).toEqual([{ Key: 'Team', Value: 'b' }]);
  });

  test('are described with the type of their resource', () => {
    const { context, vpcId, imageId } = createTestNetwork();
    createTags({ Resources: [vpcId, imageId], Tags: [web] }, context);
    expect(describeTags({ Filters: [{ Name: 'resource-type', Values: ['image'] }] }, context).Tags).toEqual([
      { ...web, ResourceId: imageId, ResourceType: 'image' },
    ]);
  });

  test('go on all of the resources or on none', () => {
    const { context, vpcId } = createTestNetwork();
    expect(refusal(() => createTags({ Resources: [vpcId, 'subnet-1'], Tags: [web] }, context)).code).toBe(
      'InvalidSubnetID.NotFound',
    );
    expect(describeTags({}, context).Tags).toEqual([]);
  });

  test.each([
    [
      [{ Key: 'aws:name', Value: 'x' }],
      'InvalidParameterValue',
      "Tag keys starting with 'aws:' are reserved for internal use",
    ],
    [[web, web], 'InvalidParameterValue', "Duplicate tag key 'Name' specified."],
    [[{ Key: '', Value: 'x' }], 'InvalidParameterValue', 'Tag key cannot be null or empty.'],
    [
      Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}` })),
      'TagLimitExceeded',
      'The maximum number of Tags for a resource has been reached.',
    ],
  ])('that AWS refuses are refused: %j', (Tags, code, message) => {
    const { context, vpcId } = createTestNetwork();
    expect(refusal(() => createTags({ Resources: [vpcId], Tags }, context))).toEqual({ code, message });
    const TagSpecifications = [{ ResourceType: 'vpc' as const, Tags }];
    expect(refusal(() => createVpc({ CidrBlock: '10.9.0.0/16', TagSpecifications }, context))).toEqual({
      code,
      message,
    });
  });

  test('of more than fifty keys cannot be reached in two steps either', () => {
    const { context, vpcId } = createTestNetwork();
    const tags = (from: number) => Array.from({ length: 30 }, (_, index) => ({ Key: `k${from + index}`, Value: '' }));
    createTags({ Resources: [vpcId], Tags: tags(0) }, context);
    expect(refusal(() => createTags({ Resources: [vpcId], Tags: tags(30) }, context)).code).toBe('TagLimitExceeded');
    createTags({ Resources: [vpcId], Tags: tags(10) }, context);
    expect(describeVpcs({ VpcIds: [vpcId] }, context).Vpcs?.[0]?.Tags).toHaveLength(40);
  });
});

describe('pages', () => {
  test('together hold everything once, and a made-up token or size is refused', () => {
    const { context } = createTestNetwork();
    for (let index = 1; index < 12; index += 1) createVpc({ CidrBlock: `10.${index}.0.0/16` }, context);
    const ids: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = describeVpcs({ MaxResults: 5, NextToken }, context);
      ids.push(...page.Vpcs!.map((vpc) => vpc.VpcId));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(ids).toEqual([...context.state.ec2.vpcs.keys()]);
    expect(refusal(() => describeVpcs({ NextToken: 'made-up' }, context)).code).toBe('InvalidNextToken');
    expect(refusal(() => describeVpcs({ MaxResults: 4 }, context))).toEqual({
      code: 'InvalidParameterValue',
      message: 'Value ( 4 ) for parameter maxResults is invalid. Expecting a value greater than or equal to 5.',
    });
  });
});
