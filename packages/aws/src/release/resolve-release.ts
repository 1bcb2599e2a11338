import type { Image } from '@aws-sdk/client-ec2';
import { DirectrixError, type Release, shell } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { describeImage, findImagesOfVersion, listVersions, versionOf } from './images.js';

/** What the operator asked for. At least one of `imageId` and `version`. */
export interface ReleaseRequest {
  readonly imageId?: string;
  readonly version?: string;
  /** Of several available images of one version, the newest will do. */
  readonly isLatestImageTaken: boolean;
  /** The image that the group runs now, whose architecture the instance type has. */
  readonly currentImageId?: string;
}

/**
 * The image and the version that are meant. Throws IMAGE_NOT_FOUND, IMAGE_NOT_AVAILABLE, IMAGE_AMBIGUOUS, IMAGE_ARCHITECTURE or
 * RELEASE_VERSION_UNKNOWN.
 */
export async function resolveRelease(clients: AwsClients, request: ReleaseRequest): Promise<Release> {
  const image =
    request.imageId === undefined
      ? await findImage(clients, request.version ?? '', request.isLatestImageTaken)
      : await requireImage(clients, request.imageId);
  const version = request.version ?? versionOf(image);
  const imageId = image.ImageId ?? '';
  if (version === undefined)
    throw new DirectrixError(
      'RELEASE_VERSION_UNKNOWN',
      `${imageId} has no tag Version, so what its instances must report is not known.`,
      {
        source: '--image',
        hint: `add --version V, or tag it: ${shell`aws ec2 create-tags --resources ${imageId} --tags Key=Version,Value=V`}`,
      },
    );
  await refuseOtherArchitecture(clients, image, request.currentImageId);
  return { version, imageId };
}

async function requireImage(clients: AwsClients, imageId: string): Promise<Image> {
  const image = await describeImage(clients, imageId);
  if (image === undefined) {
    const region = await clients.ec2.config.region();
    throw new DirectrixError(
      'IMAGE_NOT_FOUND',
      `There is no image ${imageId} in ${region} that this account may use.`,
      {
        source: '--image',
        hint: 'images belong to one region and one account: copy it here, or let its owner share it',
      },
    );
  }
  return requireAvailable(image);
}

function requireAvailable(image: Image): Image {
  if (image.State === 'available') return image;
  const because = image.StateReason?.Message === undefined ? '' : `: ${image.StateReason.Message}`;
  throw new DirectrixError('IMAGE_NOT_AVAILABLE', `${image.ImageId} is ${image.State}, not available${because}.`, {
    source: '--image',
    hint: `wait until it is: ${shell`aws ec2 wait image-available --image-ids ${image.ImageId}`}`,
  });
}

async function findImage(clients: AwsClients, version: string, isLatestImageTaken: boolean): Promise<Image> {
  const images = await findImagesOfVersion(clients, version);
  const available = images.filter(({ State }) => State === 'available');
  if (available.length === 1 || (available.length > 1 && isLatestImageTaken)) return available[0]!;
  if (available.length > 1)
    throw new DirectrixError(
      'IMAGE_AMBIGUOUS',
      `${available.length} images of this account have the tag Version=${version}.`,
      {
        source: '--version',
        hint: `say --image with one of ${list(available)}, or --latest-image for the first of them`,
      },
    );
  if (images[0] !== undefined) return requireAvailable(images[0]);
  const versions = await listVersions(clients);
  throw new DirectrixError('IMAGE_NOT_FOUND', `No image of this account has the tag Version=${version}.`, {
    source: '--version',
    hint:
      versions.length === 0
        ? 'no image of this account has a tag Version: say --image AMI --version V'
        : `the newest are ${versions.slice(0, 5).join(', ')}`,
  });
}

function list(images: readonly Image[]): string {
  const shown = images.slice(0, 5).map(({ ImageId, CreationDate }) => `${ImageId} (${CreationDate})`);
  return `${shown.join(', ')}${images.length > 5 ? ', …' : ''}`;
}

// The launch template keeps its instance type, and the present image runs on it.
async function refuseOtherArchitecture(clients: AwsClients, image: Image, currentImageId: string | undefined) {
  if (currentImageId === undefined || currentImageId === image.ImageId) return;
  const current = await describeImage(clients, currentImageId);
  if (current?.Architecture === undefined || image.Architecture === undefined) return;
  if (current.Architecture === image.Architecture) return;
  throw new DirectrixError(
    'IMAGE_ARCHITECTURE',
    `${image.ImageId} is for ${image.Architecture}; the group runs ${currentImageId}, which is for ${current.Architecture}.`,
    {
      source: '--image',
      hint: 'build the image for that architecture, or change the launch template’s instance type first',
    },
  );
}
