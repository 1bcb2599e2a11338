import { DescribeVpcEndpointsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { createLab, createScaledClock, createSimulatedDataPlane, startEndpoint } from '@directrix/lab';
import { expect, it } from 'vitest';
import { prepare } from './scenario.js';

const env = { AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' };

it('returns when the site can be deployed to, its endpoints included', async () => {
  const lab = createLab({
    clock: createScaledClock({ speed: 200 }),
    dataPlane: createSimulatedDataPlane({ machineFor: () => ({ bootMs: 1_000 }) }),
    // Much longer than the instances take.
    timing: { vpcEndpointPendingMs: 200_000 },
  });
  const endpoint = await startEndpoint(lab, { port: 0 });
  const ec2 = new EC2Client({
    region: 'us-west-2',
    endpoint: endpoint.url,
    credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
  });
  try {
    await prepare({ variant: 'N5', endpoint: endpoint.url, env });
    const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({}));
    expect(VpcEndpoints.length).toBeGreaterThan(0);
    for (const { State } of VpcEndpoints) expect(State?.toLowerCase()).toBe('available');
  } finally {
    ec2.destroy();
    await endpoint.close();
    await lab.close();
  }
});
