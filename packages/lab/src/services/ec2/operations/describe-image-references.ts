import type {
  DescribeImageReferencesRequest,
  DescribeImageReferencesResult,
  ImageReference,
  ImageReferenceResourceType,
  ResourceTypeRequest,
} from '@aws-sdk/client-ec2';
import type { LabState, OperationContext } from '../../../control-plane/types.js';
import { pageOf } from '../paging.js';
import { invalidParameterCombination, invalidParameterValue, missingParameter } from '../refusals.js';

/** EC2 looks at so many of a launch template's newest versions unless it is told otherwise. */
const defaultVersionDepth = 10;

type Finder = (imageId: string, state: LabState, options: ReadonlyMap<string, readonly string[]>) => string[];

const finders: Readonly<Record<ImageReferenceResourceType, Finder>> = {
  'ec2:Instance': (imageId, { ec2, region, accountId }, options) =>
    [...ec2.instances.values()]
      .filter(({ instance }) => instance.ImageId === imageId)
      .filter(({ instance }) => options.get('state-name')?.includes(instance.State?.Name ?? '') ?? true)
      .map(({ instance }) => `arn:aws:ec2:${region}:${accountId}:instance/${instance.InstanceId}`),
  'ec2:LaunchTemplate': (imageId, { ec2, region, accountId }, options) =>
    [...ec2.launchTemplates.values()]
      .filter(({ versions }) =>
        [...versions]
          .sort((left, right) => (right.VersionNumber ?? 0) - (left.VersionNumber ?? 0))
          .slice(0, Number(options.get('version-depth')?.[0] ?? defaultVersionDepth))
          .some(({ LaunchTemplateData }) => LaunchTemplateData?.ImageId === imageId),
      )
      .map(({ template }) => `arn:aws:ec2:${region}:${accountId}:launch-template/${template.LaunchTemplateId}`),
  'ssm:Parameter': (imageId, { ssm, region, accountId }) =>
    [...ssm.parameters.values()]
      .filter(({ versions }) => {
        const current = versions.at(-1);
        return current?.DataType === 'aws:ec2:image' && current.Value === imageId;
      })
      .map(({ name }) => `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`),
  'imagebuilder:ImageRecipe': () => [],
  'imagebuilder:ContainerRecipe': () => [],
};

/** What AWS looks at, and no more: not groups, not older versions of launch templates, not parameters of data type text. */
export function describeImageReferences(
  input: DescribeImageReferencesRequest,
  context: OperationContext,
): DescribeImageReferencesResult {
  if (!input.ImageIds?.length) throw missingParameter('imageId');
  const asked = typesAsked(input);
  const found = input.ImageIds.flatMap((ImageId) =>
    asked.flatMap(({ type, options }) =>
      finders[type](ImageId, context.state, options).map(
        (Arn): ImageReference => ({ ImageId, ResourceType: type, Arn }),
      ),
    ),
  );
  const page = pageOf(found, input, { least: 1, most: 1000 });
  return { ImageReferences: [...page.items], NextToken: page.nextToken };
}

function typesAsked(input: DescribeImageReferencesRequest) {
  const named = input.ResourceTypes ?? [];
  const isAll = input.IncludeAllResourceTypes === true;
  if (!isAll && named.length === 0)
    throw invalidParameterCombination('Either IncludeAllResourceTypes or ResourceTypes must be specified.');
  const types = isAll ? (Object.keys(finders) as ImageReferenceResourceType[]) : named.map(typeOf);
  return types.map((type) => ({ type, options: optionsOf(named.find((one) => one.ResourceType === type)) }));
}

function typeOf({ ResourceType: type }: ResourceTypeRequest): ImageReferenceResourceType {
  if (type !== undefined && Object.hasOwn(finders, type)) return type;
  throw invalidParameterValue(`Invalid value '${type}' for resourceType.`);
}

function optionsOf(request: ResourceTypeRequest | undefined): ReadonlyMap<string, readonly string[]> {
  const options = request?.ResourceTypeOptions ?? [];
  return new Map(options.map(({ OptionName = '', OptionValues = [] }) => [OptionName, OptionValues] as const));
}
