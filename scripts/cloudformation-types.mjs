// Generates packages/lab/model/cloudformation-types.json: what CloudFormation's resource schemas say of the types that the lab emulates.
//
//   node scripts/cloudformation-types.mjs DIRECTORY
//
// DIRECTORY is an installed @aws-cdk/aws-service-spec (Apache-2.0, https://github.com/cdklabs/awscdk-service-spec), which carries AWS's
// resource schemas and the documentation's "Update requires" as one database: `npm install --no-save --prefix DIRECTORY
// @aws-cdk/aws-service-spec`, then DIRECTORY/node_modules/@aws-cdk/aws-service-spec.
//
// Of each type the table keeps the names of its properties: `required` ones, `replace` those whose change replaces the resource, `maybe`
// those whose change replaces it sometimes, `properties` all of them, and `attributes`, what Fn::GetAtt can ask for.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const TYPES = [
  'AWS::AutoScaling::AutoScalingGroup',
  'AWS::AutoScaling::LaunchConfiguration',
  'AWS::AutoScaling::LifecycleHook',
  'AWS::AutoScaling::ScalingPolicy',
  'AWS::AutoScaling::ScheduledAction',
  'AWS::CloudFormation::Stack',
  'AWS::CloudFormation::WaitCondition',
  'AWS::CloudFormation::WaitConditionHandle',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::EC2::DHCPOptions',
  'AWS::EC2::EIP',
  'AWS::EC2::EIPAssociation',
  'AWS::EC2::Instance',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::KeyPair',
  'AWS::EC2::LaunchTemplate',
  'AWS::EC2::NatGateway',
  'AWS::EC2::NetworkAcl',
  'AWS::EC2::NetworkAclEntry',
  'AWS::EC2::NetworkInterface',
  'AWS::EC2::PrefixList',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetNetworkAclAssociation',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPC',
  'AWS::EC2::VPCCidrBlock',
  'AWS::EC2::VPCDHCPOptionsAssociation',
  'AWS::EC2::VPCEndpoint',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::EC2::VPCPeeringConnection',
  'AWS::EC2::Volume',
  'AWS::ECR::Repository',
  'AWS::ElasticLoadBalancingV2::Listener',
  'AWS::ElasticLoadBalancingV2::ListenerRule',
  'AWS::ElasticLoadBalancingV2::LoadBalancer',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Logs::LogGroup',
  'AWS::Logs::LogStream',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SSM::Parameter',
];

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  process.stderr.write('Usage: node scripts/cloudformation-types.mjs DIRECTORY\n');
  process.exit(2);
}

const { version, main } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
const { loadAwsServiceSpecSync } = createRequire(pathToFileURL(`${directory}/`))(join(directory, main));
const database = loadAwsServiceSpecSync();

function entryOf(type) {
  const [resource] = [...database.lookup('resource', 'cloudFormationType', 'equals', type)];
  if (resource === undefined) throw new Error(`${type} is not in the database.`);
  const properties = Object.entries(resource.properties);
  const named = (keep) =>
    properties
      .filter(([, property]) => keep(property))
      .map(([name]) => name)
      .sort()
      .join(' ');
  return {
    properties: named(() => true),
    required: named(({ required }) => required === true),
    replace: named(({ causesReplacement }) => causesReplacement === 'yes'),
    maybe: named(({ causesReplacement }) => causesReplacement === 'maybe'),
    attributes: Object.keys(resource.attributes).sort().join(' '),
  };
}

const source = {
  package: '@aws-cdk/aws-service-spec',
  version,
  licence: 'Apache-2.0',
  copyright: 'Amazon.com, Inc. or its affiliates',
  generator: 'scripts/cloudformation-types.mjs',
};
const lines = TYPES.map((type) => `    ${JSON.stringify(type)}: ${JSON.stringify(entryOf(type))}`);
writeFileSync(
  new URL('../packages/lab/model/cloudformation-types.json', import.meta.url),
  `{\n  "source": ${JSON.stringify(source)},\n  "types": {\n${lines.join(',\n')}\n  }\n}\n`,
);
