import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Server as SocketServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { ChannelSettings } from '../configuration/configuration.js';
import type { ChannelError, Message } from './channel.js';
import { createChannels } from './channels.js';
import { fetchPost } from './fetch-post.js';

const servers: (Server | SocketServer)[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: SocketServer): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const message: Message = {
  id: 'a/1',
  title: 'front page is <down>',
  text: 'since 00:16 & on',
  document: { kind: 'began' },
};
const never = new AbortController().signal;
const published: unknown[] = [];

function channelOf(settings: ChannelSettings) {
  const publish = async (topicArn: string, { title }: Message) => {
    published.push([topicArn, title]);
  };
  return createChannels([settings], { post: fetchPost, publish })[0]!;
}

async function received(settings: (url: string) => ChannelSettings, status = 200) {
  const seen: { headers: Record<string, unknown>; body: unknown }[] = [];
  const listener: RequestListener = async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    seen.push({ headers: request.headers, body: JSON.parse(body) });
    response.writeHead(status, status === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end('token hunter2');
  };
  const url = `http://127.0.0.1:${await listen(createServer(listener))}/hooks/hunter2`;
  const failure = await channelOf(settings(url))
    .send(message, never)
    .then(
      () => undefined,
      (error: ChannelError) => error,
    );
  return { seen, failure };
}

describe('a webhook', () => {
  test('gets the alert as data and in words, with the headers that it wants', async () => {
    const { seen } = await received((url) => ({ kind: 'webhook', url, headers: { authorization: 'Bearer x' } }));
    expect(seen).toMatchObject([
      {
        headers: { authorization: 'Bearer x', 'content-type': 'application/json' },
        body: { schema: 'directrix.alert/1', id: 'a/1', title: message.title, alert: { kind: 'began' } },
      },
    ]);
  });

  test.each([500, 404, 302])(
    'that answers %i has not taken it, and neither its address nor its answer is told',
    async (status) => {
      const { failure } = await received((url) => ({ kind: 'webhook', url, headers: {} }), status);
      expect(failure).toMatchObject({ name: 'ChannelError', code: `HTTP_${status}` });
      expect(JSON.stringify([failure, failure?.message, failure?.stack])).not.toContain('hunter2');
    },
  );

  test('that is not there is a code', async () => {
    const port = await listen(createSocketServer());
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const channel = channelOf({ kind: 'webhook', url: `http://127.0.0.1:${port}/hunter2`, headers: {} });
    await expect(channel.send(message, never)).rejects.toMatchObject({ code: 'ECONNREFUSED', message: 'ECONNREFUSED' });
  });
});

test('Slack gets one text, with its own control characters escaped', async () => {
  const { seen } = await received((url) => ({ kind: 'slack', url }));
  expect(seen[0]?.body).toEqual({ text: '*front page is &lt;down&gt;*\nsince 00:16 &amp; on' });
});

test('SNS gets the topic and the message', async () => {
  await channelOf({ kind: 'sns', topicArn: 'arn:aws:sns:us-west-2:123456789012:alerts' }).send(message, never);
  expect(published).toEqual([['arn:aws:sns:us-west-2:123456789012:alerts', message.title]]);
});

describe('e-mail', () => {
  /** As much of SMTP as one message needs. */
  async function startMailServer(refusal?: string) {
    const said: string[] = [];
    const port = await listen(
      createSocketServer((socket) => {
        let isData = false;
        socket.on('error', () => {});
        socket.write('220 mail\r\n');
        let rest = '';
        socket.setEncoding('utf8').on('data', (text: string) => {
          rest += text;
          for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
            const line = rest.slice(0, end);
            rest = rest.slice(end + 2);
            said.push(line);
            if (isData && line !== '.') continue;
            if (line === 'DATA') socket.write('354 go on\r\n');
            else if (refusal !== undefined && line.startsWith('RCPT')) socket.write(`${refusal}\r\n`);
            else socket.write(line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n');
            isData = line === 'DATA';
          }
        });
      }),
    );
    return { said, port };
  }
  const settings = (port: number): ChannelSettings => ({
    kind: 'email',
    smtp: `smtp://127.0.0.1:${port}`,
    from: 'watch@example.com',
    to: ['ann@example.com', 'bob@example.com'],
  });

  test('is one message to all, and the same message when it is sent again', async () => {
    const { said, port } = await startMailServer();
    const channel = channelOf(settings(port));
    await channel.send(message, never);
    const lines = said.join('\n');
    expect(lines).toContain('RCPT TO:<bob@example.com>');
    expect(lines).toContain('Subject: front page is <down>');
    expect(lines).toContain('since 00:16 & on');
    said.length = 0;
    await channel.send(message, never);
    const id = /^Message-ID: .*$/m;
    expect(said.join('\n').match(id)?.[0]).toBe(lines.match(id)?.[0]);
  });

  test('that is refused is a code', async () => {
    const { port } = await startMailServer('550 no such user hunter2');
    await expect(channelOf(settings(port)).send(message, never)).rejects.toMatchObject({
      code: 'EENVELOPE',
      message: 'EENVELOPE',
    });
  });
});
