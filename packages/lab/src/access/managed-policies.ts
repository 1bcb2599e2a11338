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
  AWSCloudFormationReadOnlyAccess: ['cloudformation:Describe*', 'cloudformation:Get*', 'cloudformation:List*'],
  AdministratorAccess: ['*'],
  AmazonEC2FullAccess: ['ec2:*', 'elasticloadbalancing:*', 'cloudwatch:*', 'autoscaling:*'],
  AmazonEC2ReadOnlyAccess: ['ec2:Describe*', 'ec2:Get*', 'elasticloadbalancing:Describe*', 'autoscaling:Describe*'],
  // What the agent of an instance needs; the real policy also grants X-Ray and its own configuration in Parameter Store.
  CloudWatchAgentServerPolicy: [
    'cloudwatch:PutMetricData',
    'ec2:DescribeVolumes',
    'ec2:DescribeTags',
    'logs:PutLogEvents',
    'logs:PutRetentionPolicy',
    'logs:DescribeLogStreams',
    'logs:DescribeLogGroups',
    'logs:CreateLogStream',
    'logs:CreateLogGroup',
  ],
  CloudWatchLogsFullAccess: ['logs:*'],
  CloudWatchLogsReadOnlyAccess: [
    'logs:Describe*',
    'logs:Get*',
    'logs:List*',
    'logs:StartQuery',
    'logs:StopQuery',
    'logs:FilterLogEvents',
  ],
  AmazonSSMFullAccess: ['ssm:*', 'ec2messages:*', 'ec2:DescribeInstanceStatus'],
  AmazonSSMManagedInstanceCore: INSTANCE_CORE,
  AmazonSSMReadOnlyAccess: READ_SSM,
  // What it grants of the services here.
  ReadOnlyAccess: [
    'autoscaling:Describe*',
    'cloudformation:Describe*',
    'cloudformation:Get*',
    'cloudformation:List*',
    'cloudwatch:Describe*',
    'cloudwatch:Get*',
    'cloudwatch:List*',
    'ec2:Describe*',
    'ec2:Get*',
    'elasticloadbalancing:Describe*',
    'iam:Get*',
    'iam:List*',
    'iam:Simulate*',
    'logs:Describe*',
    'logs:FilterLogEvents',
    'logs:Get*',
    'logs:List*',
    's3:Get*',
    's3:List*',
    ...READ_SSM,
  ],
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
