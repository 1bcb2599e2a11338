import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { afterEach, expect, test } from 'vitest';
import { createAwsClients } from './aws-clients.js';

const sockets: Socket[] = [];
const server = createServer((socket) => sockets.push(socket));
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

test('a call that nobody answers ends, and may be tried again', async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clients = createAwsClients({
    version: '0',
    region: 'us-west-2',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
    maxAttempts: 1,
    answerTimeoutMs: 20,
  });
  await expect(clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({}))).rejects.toMatchObject({
    code: 'ENDPOINT_UNREACHABLE',
  });
  clients.destroy();
});
