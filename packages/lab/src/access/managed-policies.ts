const READ_SSM = ['ssm:Describe*', 'ssm:Get*', 'ssm:List*'];

// What AmazonSSMManagedInstanceCore grants of the services here. It reads parameters by name, and none by path.
const INSTANCE_CORE = [
  'ssm:DescribeAssociation',
  'ssm:GetDeployablePatchSnapshotForInstance',
  'ssm:GetDocument',
  'ssm:DescribeDocument',
  'ssm:GetManifest',
  'ssm:GetParameter',
  'ssm:GetParameters',
  'ssm:ListAssociations',
  'ssm:ListInstanceAssociations',
  'ssm:PutInventory',
  'ssm:PutComplianceItems',
  'ssm:PutConfigurePackageResult',
  'ssm:UpdateAssociationStatus',
  'ssm:UpdateInstanceAssociationStatus',
  'ssm:UpdateInstanceInformation',
  'ssmmessages:*',
  'ec2messages:*',
];

const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  AdministratorAccess: ['*'],
  AmazonEC2FullAccess: ['ec2:*', 'elasticloadbalancing:*', 'cloudwatch:*', 'autoscaling:*'],
  AmazonEC2ReadOnlyAccess: ['ec2:Describe*', 'ec2:Get*', 'elasticloadbalancing:Describe*', 'autoscaling:Describe*'],
  AmazonSSMFullAccess: ['ssm:*', 'ec2messages:*', 'ec2:DescribeInstanceStatus'],
  AmazonSSMManagedInstanceCore: INSTANCE_CORE,
  AmazonSSMReadOnlyAccess: READ_SSM,
};

/** The document of a policy that AWS manages; undefined when the lab does not know it. */
export function managedPolicyDocument(arn: string): string | undefined {
  const name = /^arn:aws:iam::aws:policy\/(\w+)$/.exec(arn)?.[1] ?? '';
  if (!Object.hasOwn(ACTIONS, name)) return undefined;
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ACTIONS[name], Resource: '*' }],
  });
}
