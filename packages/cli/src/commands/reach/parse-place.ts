// What `--from` and `--to` say.
import { nearestNames } from '@directrix/aws';
import { serviceHost } from '@directrix/preflight';
import type { Destination } from '@directrix/reachability';
import { DirectrixError } from '@directrix/rollout';

export type SourceName =
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'launchTemplate'; readonly name: string }
  | { readonly kind: 'instance'; readonly id: string }
  | { readonly kind: 'networkInterface'; readonly id: string };

/** Throws USAGE for anything else. */
export function parseSource(text: string): SourceName {
  const [, kind, name = ''] = text.match(/^(group|asg|lt|instance|eni):(.+)$/) ?? [];
  if (kind === 'group' || kind === 'asg') return { kind: 'group', name };
  if (kind === 'lt') return { kind: 'launchTemplate', name };
  if (kind === 'instance' || /^i-[0-9a-f]+$/.test(text)) return { kind: 'instance', id: name || text };
  if (kind === 'eni' || /^eni-[0-9a-f]+$/.test(text)) return { kind: 'networkInterface', id: name || text };
  throw new DirectrixError('USAGE', `${text} is not a source.`, {
    source: '--from',
    hint: 'write group:NAME, lt:NAME, i-… or eni-…',
  });
}

/**
 * Throws USAGE for a port that is none.
 *
 *     ssm           -> ssm.us-west-2.amazonaws.com, 443
 *     db.internal:3306, 10.0.1.2:22, i-0a1:80, eni-0a1:80
 */
export function parseDestination(text: string, region: string): { readonly to: Destination; readonly port: number } {
  const [, place = text, digits] = text.match(/^(.*?)(?::(\d+))?$/) ?? [];
  const port = digits === undefined ? 443 : Number(digits);
  const isNamed = /^(instance|eni):[^:]+$/.test(place);
  if (place === '' || port < 1 || port > 65535 || (place.includes(':') && !isNamed))
    throw new DirectrixError('USAGE', `${text} is not a destination.`, {
      source: '--to',
      hint: 'write NAME:PORT or IP:PORT, with a port from 1 to 65535; IPv6 is not analysed',
    });
  return { to: destinationOf(place, region), port };
}

function destinationOf(place: string, region: string): Destination {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(place)) return { kind: 'address', address: place };
  if (/^i-[0-9a-f]+$/.test(place)) return { kind: 'instance', instanceId: place };
  if (/^eni-[0-9a-f]+$/.test(place)) return { kind: 'networkInterface', networkInterfaceId: place };
  if (place.startsWith('instance:')) return { kind: 'instance', instanceId: place.slice('instance:'.length) };
  if (place.startsWith('eni:')) return { kind: 'networkInterface', networkInterfaceId: place.slice('eni:'.length) };
  if (place.includes('.')) return { kind: 'name', name: place };
  refuseUnknownService(place);
  return { kind: 'name', name: serviceHost(place, region) };
}

/** Services of AWS whose name in a private network is `<service>.<region>.amazonaws.com`, as DescribeVpcEndpointServices lists them. */
const services = [
  'access-analyzer',
  'acm',
  'apigateway',
  'appconfig',
  'application-autoscaling',
  'appmesh',
  'apprunner',
  'appsync',
  'athena',
  'autoscaling',
  'backup',
  'batch',
  'bedrock',
  'bedrock-runtime',
  'cloudformation',
  'cloudtrail',
  'codeartifact',
  'codebuild',
  'codecommit',
  'codedeploy',
  'codepipeline',
  'cognito-idp',
  'comprehend',
  'config',
  'databrew',
  'dataexchange',
  'datasync',
  'dms',
  'ds',
  'dynamodb',
  'ebs',
  'ec2',
  'ec2messages',
  'ecr',
  'ecs',
  'eks',
  'elasticache',
  'elasticfilesystem',
  'elasticloadbalancing',
  'email',
  'events',
  'execute-api',
  'firehose',
  'fsx',
  'glue',
  'guardduty',
  'imagebuilder',
  'inspector2',
  'iot',
  'kafka',
  'kinesis',
  'kms',
  'lakeformation',
  'lambda',
  'license-manager',
  'logs',
  'macie2',
  'mgn',
  'monitoring',
  'organizations',
  'pi',
  'polly',
  'ram',
  'rds',
  'rds-data',
  'redshift',
  'redshift-data',
  'rekognition',
  'resource-groups',
  's3',
  'sagemaker',
  'scheduler',
  'secretsmanager',
  'securityhub',
  'servicecatalog',
  'servicediscovery',
  'sns',
  'sqs',
  'ssm',
  'ssmmessages',
  'states',
  'storagegateway',
  'sts',
  'swf',
  'synthetics',
  'tagging',
  'textract',
  'timestream-query',
  'transcribe',
  'transfer',
  'translate',
  'workspaces',
  'xray',
] as const;

// A mistyped name is a name that resolves nowhere: the answer would blame the network.
function refuseUnknownService(name: string): void {
  if ((services as readonly string[]).includes(name)) return;
  const near = nearestNames(name, services);
  throw new DirectrixError('USAGE', `${name} is not a service that Directrix knows.`, {
    kind: 'invalid',
    source: '--to',
    hint: `${near.length === 0 ? '' : `did you mean ${near.join(' or ')}? `}any other name is written in full: NAME.example.com:PORT`,
  });
}
