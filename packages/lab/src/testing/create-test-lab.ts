import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Route } from '../control-plane/types.js';
import type { RoleCredentials } from '../data-plane.js';
import { createRequestHandler } from '../endpoint/request-handler.js';
import { createLab, type LabOptions } from '../lab.js';
import { createVirtualClock } from '../virtual-clock.js';
import { createQuietDataPlane } from './quiet-data-plane.js';

export const START = Date.parse('2018-11-11T08:00:00Z');

const ADMINISTRATOR = { accessKeyId: 'AKIATEST', secretAccessKey: 'test' };

/** A lab on a virtual clock, without machines, and SDK clients that reach it. */
export function createTestLab(options: Partial<LabOptions> = {}) {
  const clock = createVirtualClock({ startAt: START });
  const dataPlane = createQuietDataPlane();
  const defects: unknown[] = [];
  const lab = createLab({
    clock,
    dataPlane,
    wallNow: () => START,
    onDefect: (error) => defects.push(error),
    ...options,
  });
  return { lab, clock, dataPlane, defects, ...clientsBy({ kind: 'endpoint' }, ADMINISTRATOR), clientsBy };

  /** Clients whose requests come by `route`, signed with `credentials`. */
  function clientsBy(route: Route, credentials: Pick<RoleCredentials, 'accessKeyId' | 'secretAccessKey'>) {
    const requestHandler = createRequestHandler((request) => lab.handle(request, route), clock);
    const configuration = { region: 'us-west-2', credentials, requestHandler };
    return {
      ec2: new EC2Client(configuration),
      ssm: new SSMClient(configuration),
      iam: new IAMClient(configuration),
      logs: new CloudWatchLogsClient(configuration),
      sts: new STSClient(configuration),
    };
  }
}
