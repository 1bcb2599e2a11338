// public parameters: what AWS publishes below /aws/service, as far as an image of the lab says that it stands in for it. The lab has none of
// AWS's own images, so that a template that asks for the latest Amazon Linux is told which image to use.
import type { LabState } from '../../control-plane/types.js';
import type { ParameterRecord } from './state.js';

const PUBLIC = '/aws/service/';
/** Of an image: the names of the public parameters that have its id here, separated by spaces. */
const TAG = 'directrix:public-parameters';

/** Undefined when no image stands in for it; of several, the one that was registered last. */
export function publicParameter({ ec2 }: LabState, name: string): ParameterRecord | undefined {
  if (!name.startsWith(PUBLIC)) return undefined;
  const standsIn = (imageId: string) =>
    ec2.tags.get(imageId)?.some(({ Key, Value = '' }) => Key === TAG && Value.split(' ').includes(name));
  const image = [...ec2.images.values()].findLast(({ ImageId = '' }) => standsIn(ImageId));
  if (image === undefined) return undefined;
  const version = {
    Name: name,
    Type: 'String',
    Value: image.ImageId,
    Version: 1,
    LastModifiedDate: new Date(image.CreationDate ?? 0),
    DataType: 'aws:ec2:image',
    Tier: 'Standard',
  } as const;
  return { name, versions: [version], tags: [] };
}
