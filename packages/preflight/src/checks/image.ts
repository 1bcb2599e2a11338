// The image: whether it can be launched here, on this instance type.

import type { Image } from '@aws-sdk/client-ec2';
import { shell } from '@directrix/rollout';
import type { Check, CheckContext, Draft } from '../check.js';
import { readValue } from '../check.js';
import { draft } from '../draft.js';

export const checkImage: Check = (context) => {
  const { snapshot, intent } = context;
  if (intent.imageId === undefined || snapshot.image.kind === 'unread') return checkInstanceType(context, undefined);
  const image = snapshot.image.value;
  const subject = `image ${intent.imageId}`;
  if (image === undefined)
    return [
      draft('IMAGE_NOT_FOUND', {
        subject,
        message: `There is no image ${intent.imageId} in ${snapshot.region} that this account may use.`,
        fix: { text: 'images belong to one region and one account: copy it here, or let its owner share it' },
      }),
      ...checkInstanceType(context, undefined),
    ];
  return [
    ...checkState(image, subject),
    ...checkInstanceType(context, image),
    ...checkOwner(image, subject, snapshot.accountId),
    ...checkDeprecation(image, subject, snapshot.at),
  ];
};

function checkState(image: Image, subject: string): readonly Draft[] {
  if (image.State === 'available') return [];
  const because = image.StateReason?.Message === undefined ? '' : `: ${image.StateReason.Message}`;
  return [
    draft('IMAGE_NOT_AVAILABLE', {
      subject,
      message: `${image.ImageId} is ${image.State}, not available${because}.`,
      fix:
        image.State === 'disabled'
          ? { commands: [shell`aws ec2 enable-image --image-id ${image.ImageId}`] }
          : {
              text: 'wait until it is',
              commands: [shell`aws ec2 wait image-available --image-ids ${image.ImageId}`],
            },
    }),
  ];
}

function checkInstanceType({ snapshot }: CheckContext, image: Image | undefined): readonly Draft[] {
  const type = readValue(snapshot.launchTemplate)?.data?.InstanceType;
  const types = readValue(snapshot.instanceTypes);
  if (type === undefined || types === undefined) return [];
  const info = types.find(({ InstanceType }) => InstanceType === type);
  if (info === undefined)
    return [
      draft('INSTANCE_TYPE_UNKNOWN', {
        subject: `instance type ${type}`,
        message: `The launch template asks for ${type}, which ${snapshot.region} does not have.`,
      }),
    ];
  const supported = info.ProcessorInfo?.SupportedArchitectures as readonly string[] | undefined;
  if (image?.Architecture === undefined || supported === undefined || supported.includes(image.Architecture)) return [];
  return [
    draft('IMAGE_ARCHITECTURE', {
      subject: `image ${image.ImageId}`,
      message: `${image.ImageId} is for ${image.Architecture}; ${type} runs ${supported.join(', ')}.`,
      evidence: [
        { id: image.ImageId ?? '', what: `Architecture ${image.Architecture}` },
        { id: type, what: `SupportedArchitectures ${supported.join(', ')}` },
      ],
    }),
  ];
}

function checkOwner(image: Image, subject: string, accountId: string | undefined): readonly Draft[] {
  if (accountId === undefined || image.OwnerId === undefined || image.OwnerId === accountId) return [];
  return [
    draft('IMAGE_FOREIGN', {
      subject,
      message: `${image.ImageId} belongs to ${image.OwnerId}${image.Public === true ? ' and is public' : ', which shares it with this account'}.`,
      fix: {
        commands: [
          shell`aws ec2 copy-image --source-image-id ${image.ImageId} --source-region "$AWS_REGION" --name copy-of-${image.ImageId}`,
        ],
      },
    }),
  ];
}

function checkDeprecation(image: Image, subject: string, at: number): readonly Draft[] {
  const time = image.DeprecationTime === undefined ? Number.POSITIVE_INFINITY : Date.parse(image.DeprecationTime);
  if (!(time <= at)) return [];
  return [
    draft('IMAGE_DEPRECATED', { subject, message: `${image.ImageId} is deprecated since ${image.DeprecationTime}.` }),
  ];
}
