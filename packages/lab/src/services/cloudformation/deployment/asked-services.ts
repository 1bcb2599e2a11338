import type { ServiceDefinition, ServiceName } from '../../../control-plane/types.js';
import { findOperationSchema, type OperationSchema } from '../../../protocols/operation-schema.js';
import { autoScalingService } from '../../auto-scaling/service.js';
import { cloudWatchService } from '../../cloudwatch/service.js';
import { ec2Service } from '../../ec2/service.js';
import { elbV2Service } from '../../elbv2/service.js';
import { iamService } from '../../iam/service.js';
import { logsService } from '../../logs/service.js';
import { s3Service } from '../../s3/service.js';
import { ssmService } from '../../ssm/service.js';

const SERVICES: readonly ServiceDefinition[] = [
  autoScalingService,
  cloudWatchService,
  ec2Service,
  elbV2Service,
  iamService,
  logsService,
  s3Service,
  ssmService,
];

/** What a service's operation takes. Throws TypeError when the lab has no such service or operation. */
export function askedOperation(name: ServiceName, operationName: string): OperationSchema {
  const service = SERVICES.find((one) => one.name === name);
  const schema = service && findOperationSchema(service, operationName);
  if (schema === undefined) throw new TypeError(`CloudFormation asks no service ${name} for ${operationName}.`);
  return schema;
}

/** As the texts of resource handlers call the services. */
export const SERVICE_TITLES: Readonly<Partial<Record<ServiceName, string>>> = {
  autoscaling: 'AutoScaling',
  elasticloadbalancing: 'ElasticLoadBalancingV2',
  ec2: 'Ec2',
  iam: 'Iam',
  logs: 'CloudWatchLogs',
  monitoring: 'CloudWatch',
  s3: 'S3',
  ssm: 'Ssm',
};
