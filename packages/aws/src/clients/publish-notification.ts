import type { AwsClients } from './aws-clients.js';
import { describeFailure } from './aws-failure.js';

export interface Notification {
  /** One line. SNS takes 99 characters of ASCII as the subject of an e-mail; the rest is left out. */
  readonly subject: string;
  readonly text: string;
  /** A FIFO topic drops a second one of the same id. */
  readonly id: string;
}

/**
 * Publishes to a topic of SNS, in the topic's own region, with the account of `clients`. Throws a DirectrixError. The client of SNS is
 * loaded here, and not by commands that send nothing.
 */
export async function publishNotification(
  clients: AwsClients,
  topicArn: string,
  { subject, text, id }: Notification,
  signal?: AbortSignal,
): Promise<void> {
  const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
  const { credentials, endpoint } = clients.ssm.config;
  const isCustom = clients.ssm.config.isCustomEndpoint === true;
  const sns = new SNSClient({
    credentials,
    region: topicArn.split(':')[3],
    ...(isCustom && endpoint !== undefined ? { endpoint } : {}),
    maxAttempts: 2,
  });
  try {
    const isFifo = topicArn.endsWith('.fifo');
    const fifo = isFifo ? { MessageGroupId: 'directrix', MessageDeduplicationId: digestOf(id) } : {};
    const Subject = subject.replace(/[^ -~]/gu, '?').slice(0, 99);
    await sns.send(new PublishCommand({ TopicArn: topicArn, Subject, Message: text, ...fifo }), {
      abortSignal: signal,
    });
  } catch (error) {
    throw describeFailure(error, { action: 'sns:Publish' });
  } finally {
    sns.destroy();
  }
}

// At most 128 letters and digits.
function digestOf(id: string): string {
  return Buffer.from(id).toString('hex').slice(-128);
}
