import type { ServiceDefinition } from '../control-plane/types.js';
import { autoScalingService } from './auto-scaling/service.js';
import { cloudFormationService } from './cloudformation/service.js';
import { cloudWatchQueryService, cloudWatchService } from './cloudwatch/service.js';
import { ec2Service } from './ec2/service.js';
import { elbV2Service } from './elbv2/service.js';
import { iamService } from './iam/service.js';
import { logsService } from './logs/service.js';
import { s3Service } from './s3/service.js';
import { ssmService } from './ssm/service.js';
import { stsService } from './sts/service.js';

/**
 * Every service of the lab, in the order in which they come to rest: what acts on instances first, so that one pass mostly is
 * enough.
 */
export const SERVICES: readonly ServiceDefinition[] = [
  ec2Service,
  autoScalingService,
  elbV2Service,
  iamService,
  logsService,
  ssmService,
  stsService,
  cloudWatchService,
  cloudFormationService,
  s3Service,
];

/** What a client may speak: every service, and those again that are spoken in two protocols. */
export const SPOKEN_SERVICES: readonly ServiceDefinition[] = [...SERVICES, cloudWatchQueryService];
