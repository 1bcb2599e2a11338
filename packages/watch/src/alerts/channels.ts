// channels: webhook, Slack, e-mail and SNS.
import type { ChannelSettings } from '../configuration/configuration.js';
import { type Channel, ChannelError, channelErrorOf, type Message, type Post } from './channel.js';

export interface ChannelPorts {
  readonly post: Post;
  /** Publishes to a topic of SNS. */
  readonly publish: (topicArn: string, message: Message, signal: AbortSignal) => Promise<void>;
}

/** A channel for each of the settings, in their order. */
export function createChannels(settings: readonly ChannelSettings[], ports: ChannelPorts): Channel[] {
  return settings.map((each, index) => {
    const send = senderOf(each, ports);
    return {
      name: `${each.kind} ${index + 1}`,
      async send(message, signal) {
        try {
          await send(message, signal);
        } catch (error) {
          throw channelErrorOf(error);
        }
      },
    };
  });
}

function senderOf(settings: ChannelSettings, { post, publish }: ChannelPorts): Channel['send'] {
  switch (settings.kind) {
    case 'webhook':
      return ({ id, title, text, document }, signal) => {
        const body = { schema: 'directrix.alert/1', id, title, text, alert: document };
        return postJson(post, settings.url, body, signal, settings.headers);
      };
    case 'slack':
      return ({ title, text }, signal) =>
        postJson(post, settings.url, { text: `*${escapeSlack(title)}*\n${escapeSlack(text)}` }, signal);
    case 'email':
      return (message, signal) => sendMail(settings, message, signal);
    case 'sns':
      return (message, signal) => publish(settings.topicArn, message, signal);
  }
}

async function postJson(
  post: Post,
  url: string,
  body: object,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const given = { ...headers, 'content-type': 'application/json' };
  const { status } = await post(url, { headers: given, body: JSON.stringify(body), signal });
  if (status < 200 || status > 299) throw new ChannelError(`HTTP_${status}`);
}

// https://docs.slack.dev/messaging/formatting-message-text: these three are control characters.
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const mailTimeoutMs = 10_000;

async function sendMail(
  { smtp, from, to }: Extract<ChannelSettings, { kind: 'email' }>,
  { id, title, text }: Message,
  signal: AbortSignal,
): Promise<void> {
  const { createTransport } = await import('nodemailer');
  const limits = {
    connectionTimeout: mailTimeoutMs,
    greetingTimeout: mailTimeoutMs,
    socketTimeout: mailTimeoutMs,
    dnsTimeout: mailTimeoutMs,
  };
  const transport = createTransport({ url: smtp, ...limits });
  const stop = () => transport.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    await transport.sendMail({
      from,
      to: [...to],
      subject: title,
      text,
      // One alert is one message, however often it is sent.
      messageId: `<${Buffer.from(id).toString('hex').slice(-60)}@directrix>`,
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  } finally {
    signal.removeEventListener('abort', stop);
    transport.close();
  }
}
