import { describe, expect, test } from 'vitest';
import { deregisterImage } from './operations/deregister-image.js';
import { describeImageAttribute } from './operations/describe-image-attribute.js';
import { describeImages } from './operations/describe-images.js';
import { modifyImageAttribute } from './operations/modify-image-attribute.js';
import { registerImage } from './operations/register-image.js';
import { createEc2Context, createTestNetwork, launchInstance, refusal } from './test-network.js';

const version = (Value: string) => [{ ResourceType: 'image' as const, Tags: [{ Key: 'Version', Value }] }];

describe('an image', () => {
  test('is registered with its directory and found by its tags', () => {
    const context = createEc2Context();
    const wanted = {
      Name: 'hyperbola-0.149.1',
      ImageLocation: '/srv/hyperbola',
      TagSpecifications: version('0.149.1'),
    };
    const { ImageId } = registerImage(wanted, context);
    registerImage({ ...wanted, Name: 'hyperbola-0.149.2', TagSpecifications: version('0.149.2') }, context);
    const filter = { Owners: ['self'], Filters: [{ Name: 'tag:Version', Values: ['0.149.1'] }] };
    expect(describeImages(filter, context).Images).toMatchObject([
      {
        ImageId,
        Name: 'hyperbola-0.149.1',
        ImageLocation: '/srv/hyperbola',
        State: 'available',
        Architecture: 'x86_64',
        Tags: [{ Key: 'Version', Value: '0.149.1' }],
      },
    ]);
    expect(describeImages({ Owners: ['amazon'] }, context).Images).toEqual([]);
  });

  test('has a name that no other has', () => {
    const context = createEc2Context();
    const { ImageId } = registerImage({ Name: 'web 1', ImageLocation: '/srv/web' }, context);
    expect(refusal(() => registerImage({ Name: 'web 1', ImageLocation: '/srv/web' }, context))).toEqual({
      code: 'InvalidAMIName.Duplicate',
      message: `AMI name web 1 is already in use by AMI ${ImageId}`,
    });
    expect(refusal(() => registerImage({ Name: 'w', ImageLocation: '/srv/web' }, context)).code).toBe(
      'InvalidAMIName.Malformed',
    );
  });

  test('that is deregistered launches no more, while what runs from it goes on and its name is free', () => {
    const network = createTestNetwork();
    const { context, imageId: ImageId } = network;
    const instanceId = launchInstance(network);
    deregisterImage({ ImageId }, context);
    expect(refusal(() => launchInstance(network)).code).toBe('InvalidAMIID.NotFound');
    expect(context.state.ec2.instances.get(instanceId)?.instance.ImageId).toBe(ImageId);
    expect(registerImage({ Name: 'web 1', ImageLocation: '/srv/web' }, context).ImageId).not.toBe(ImageId);
  });

  test('is shared with accounts and taken back', () => {
    const { context, imageId: ImageId } = createTestNetwork();
    const shared = () => describeImageAttribute({ ImageId, Attribute: 'launchPermission' }, context).LaunchPermissions;
    modifyImageAttribute(
      { ImageId, LaunchPermission: { Add: [{ UserId: '111122223333' }, { Group: 'all' }] } },
      context,
    );
    expect(shared()).toEqual([{ UserId: '111122223333' }, { Group: 'all' }]);
    expect(describeImages({ ImageIds: [ImageId] }, context).Images?.[0]?.Public).toBe(true);
    modifyImageAttribute({ ImageId, OperationType: 'remove', UserGroups: ['all'] }, context);
    expect(shared()).toEqual([{ UserId: '111122223333' }]);
  });
});
