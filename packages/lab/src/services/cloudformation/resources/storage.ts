// storage: buckets as far as assets need them, and repositories in name only.
import {
  documentText,
  hasChanged,
  type Properties,
  pick,
  type ResourceRequest,
  type ResourceType,
} from './resource-type.js';

const LONGEST_BUCKET_NAME = 63;

export const bucket: ResourceType = {
  acts: 'BucketName BucketEncryption VersioningConfiguration PublicAccessBlockConfiguration Tags',
  // Nothing expires in the lab, everything is its owner's, and nobody is told of objects.
  noEffect: 'AccessControl LifecycleConfiguration OwnershipControls CorsConfiguration',
  updates: 'BucketEncryption VersioningConfiguration PublicAccessBlockConfiguration Tags',
  nameProperty: 'BucketName',
  create(request) {
    const Bucket = request.properties.BucketName ?? request.generateName(LONGEST_BUCKET_NAME).toLowerCase();
    const { region } = request.state;
    request.ask('s3', 'CreateBucket', {
      Bucket,
      ...(region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: region } }),
    });
    request.created(Bucket);
    configure(request);
  },
  update: (request) => configure(request),
  delete: (request) => void request.ask('s3', 'DeleteBucket', { Bucket: request.physicalId }),
  attributes: ({ physicalId, state }) => ({
    Arn: `arn:aws:s3:::${physicalId}`,
    DomainName: `${physicalId}.s3.amazonaws.com`,
    DualStackDomainName: `${physicalId}.s3.dualstack.${state.region}.amazonaws.com`,
    RegionalDomainName: `${physicalId}.s3.${state.region}.amazonaws.com`,
    WebsiteURL: `http://${physicalId}.s3-website-${state.region}.amazonaws.com`,
  }),
};

function configure(request: ResourceRequest): void {
  const { physicalId: Bucket, properties, tags } = request;
  const { BucketEncryption, VersioningConfiguration, PublicAccessBlockConfiguration } = properties;
  if (BucketEncryption !== undefined && hasChanged(request, 'BucketEncryption'))
    request.ask('s3', 'PutBucketEncryption', {
      Bucket,
      ServerSideEncryptionConfiguration: { Rules: encryptionRules(BucketEncryption) },
    });
  if (VersioningConfiguration !== undefined && hasChanged(request, 'VersioningConfiguration'))
    request.ask('s3', 'PutBucketVersioning', { Bucket, VersioningConfiguration });
  if (PublicAccessBlockConfiguration !== undefined && hasChanged(request, 'PublicAccessBlockConfiguration'))
    request.ask('s3', 'PutPublicAccessBlock', { Bucket, PublicAccessBlockConfiguration });
  if (tags.length > 0) request.ask('s3', 'PutBucketTagging', { Bucket, Tagging: { TagSet: tags } });
  else if (request.previousTags.length > 0) request.ask('s3', 'DeleteBucketTagging', { Bucket });
}

function encryptionRules({ ServerSideEncryptionConfiguration = [] }: Properties): readonly object[] {
  return ServerSideEncryptionConfiguration.map(({ ServerSideEncryptionByDefault, ...rest }: Properties) => ({
    ...pick(rest, 'BucketKeyEnabled'),
    ...(ServerSideEncryptionByDefault !== undefined && {
      ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault,
    }),
  }));
}

export const bucketPolicy: ResourceType = {
  acts: 'Bucket PolicyDocument',
  updates: 'PolicyDocument',
  create(request) {
    putPolicy(request);
    request.created(request.properties.Bucket);
  },
  update: (request) => putPolicy(request),
  delete: (request) => void request.ask('s3', 'DeleteBucketPolicy', { Bucket: request.physicalId }),
};

function putPolicy(request: ResourceRequest): void {
  const { Bucket, PolicyDocument } = request.properties;
  request.ask('s3', 'PutBucketPolicy', { Bucket, Policy: documentText(PolicyDocument) });
}

const REPOSITORY =
  'EmptyOnDelete EncryptionConfiguration ImageScanningConfiguration ImageTagMutability ImageTagMutabilityExclusionFilters LifecyclePolicy RepositoryPolicyText Tags';

/** The lab has no registry: a repository is a name, which is all that the bootstrap stack of the CDK needs of it. */
export const repository: ResourceType = {
  acts: 'RepositoryName',
  noEffect: REPOSITORY,
  updates: REPOSITORY,
  nameProperty: 'RepositoryName',
  create: (request) => request.created(request.properties.RepositoryName ?? request.generateName(256).toLowerCase()),
  update: () => undefined,
  delete: () => undefined,
  attributes: ({ physicalId, state }) => ({
    Arn: `arn:aws:ecr:${state.region}:${state.accountId}:repository/${physicalId}`,
    RepositoryUri: `${state.accountId}.dkr.ecr.${state.region}.amazonaws.com/${physicalId}`,
  }),
};
