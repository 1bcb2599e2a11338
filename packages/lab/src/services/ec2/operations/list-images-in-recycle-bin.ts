import type {
  ImageRecycleBinInfo,
  ListImagesInRecycleBinRequest,
  ListImagesInRecycleBinResult,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { pageOf } from '../paging.js';
import { requireRecycled } from '../recycle-bin.js';

export function listImagesInRecycleBin(
  input: ListImagesInRecycleBinRequest,
  context: OperationContext,
): ListImagesInRecycleBinResult {
  const { ec2 } = context.state;
  const ids = input.ImageIds?.length ? input.ImageIds : [...ec2.recycleBin.images.keys()];
  const all = ids.map((ImageId): ImageRecycleBinInfo => {
    const { resource, enteredAt, exitsAt } = requireRecycled('image', ImageId, ec2);
    return {
      ImageId,
      Name: resource.Name,
      Description: resource.Description,
      RecycleBinEnterTime: new Date(enteredAt),
      RecycleBinExitTime: new Date(exitsAt),
    };
  });
  const page = pageOf(all, input, { least: 1, most: 1000 });
  return { Images: [...page.items], NextToken: page.nextToken };
}
