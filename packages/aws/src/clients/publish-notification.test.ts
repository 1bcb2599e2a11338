import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AwsClients, createAwsClients } from './aws-clients.js';
import { publishNotification } from './publish-notification.js';

let clients: AwsClients;
let asked: URLSearchParams[];
let status: number;
let close: () => Promise<void>;

beforeEach(async () => {
  [asked, status] = [[], 200];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    asked.push(new URLSearchParams(body));
    response.writeHead(status, { 'content-type': 'text/xml' });
    response.end(
      status === 200
        ? '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>'
        : '<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>User is not authorized to perform SNS:Publish</Message></Error></ErrorResponse>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  clients = createAwsClients({ version: '0', region: 'us-west-2', endpoint, credentials });
  close = async () => {
    clients.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});
afterEach(() => close());

const topicArn = 'arn:aws:sns:eu-central-1:123456789012:alerts';
const notification = { id: 'front page/1', subject: 'front page is down – again\n', text: 'since 00:16' };

describe('a notification', () => {
  test('is published with the account and the endpoint of the others, its subject as SNS takes it', async () => {
    await publishNotification(clients, topicArn, { ...notification, subject: notification.subject.repeat(9) });
    expect(Object.fromEntries(asked[0]!)).toMatchObject({
      Action: 'Publish',
      TopicArn: topicArn,
      Subject: 'front page is down ? again?'.repeat(9).slice(0, 99),
      Message: 'since 00:16',
    });
    expect(asked[0]!.has('MessageDeduplicationId')).toBe(false);
  });

  test('to a FIFO topic is the same one when it is sent again', async () => {
    await publishNotification(clients, `${topicArn}.fifo`, notification);
    await publishNotification(clients, `${topicArn}.fifo`, notification);
    const [first, second] = asked.map((each) => each.get('MessageDeduplicationId'));
    expect(first).toMatch(/^[\da-f]{1,128}$/);
    expect(second).toBe(first);
  });

  test('that is refused is an error with a code', async () => {
    status = 403;
    await expect(publishNotification(clients, topicArn, notification)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      source: 'sns:Publish',
    });
  });
});
