// Nothing that a client sends, and nothing that a rule says, ends the load balancer: B4.
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { buildElbV2State, loadBalancerArn, targetGroupArn } from './testing/elbv2-state.js';
import { type ProxyFixture, speak, startProxy } from './testing/proxy-fixture.js';

let fixture: ProxyFixture | undefined;

afterEach(async () => {
  await fixture?.close();
  fixture = undefined;
});

const text = fc.oneof(
  fc.constantFrom('', 'text/plain\r\nX-Injected: yes', 'a\u0000b', '€', '\ud800', '#{host}', '\u007f', ' '),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

const actions = fc.oneof(
  fc.record({
    Type: fc.constant('fixed-response' as const),
    FixedResponseConfig: fc.record({
      StatusCode: fc.oneof(fc.constantFrom('200', '99', '100', '999', '1000000', 'x', '-1', '204'), text),
      ContentType: text,
      MessageBody: text,
    }),
  }),
  fc.record({
    Type: fc.constant('redirect' as const),
    RedirectConfig: fc.record({
      StatusCode: fc.constant('HTTP_301' as const),
      Host: text,
      Path: text,
      Port: text,
      Protocol: text,
      Query: text,
    }),
  }),
  fc.record({ Type: fc.constant('forward' as const), TargetGroupArn: fc.constant(targetGroupArn('web')) }),
  fc.constant({ Type: 'authenticate-oidc' as const }),
);

const header = fc.tuple(
  fc.constantFrom(
    'Host',
    'Connection',
    'Upgrade',
    'X-Forwarded-For',
    'Expect',
    'Content-Length',
    'Transfer-Encoding',
    'X-Any',
  ),
  fc.oneof(
    fc.constantFrom('websocket', 'Upgrade', 'close', '100-continue', 'chunked', '3', '-1', 'a, b', '[::1', ''),
    fc.string({ unit: 'binary-ascii', maxLength: 20 }),
  ),
);

const requests = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'HEAD', 'CONNECT', 'OPTIONS', 'TRACE', 'PRI', 'get', ''),
    target: fc.oneof(
      fc.constantFrom('/', '*', 'http://', '//', 'a:1', '/\u00e9', '/%', '/#x', 'http://h/p?q', '/?\u0080', '?'),
      fc.string({ unit: 'binary-ascii', maxLength: 20 }),
    ),
    version: fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9'),
    headers: fc.array(header, { maxLength: 6 }),
    body: fc.string({ unit: 'binary-ascii', maxLength: 20 }),
  })
  .map(
    ({ method, target, version, headers, body }) =>
      `${method} ${target} ${version}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  );

test('whatever a rule says and whatever bytes come, the next good request is answered', async () => {
  const state = buildElbV2State({ targetGroups: { web: [{ id: 'i-1', state: 'healthy' }] } });
  const lb = await startProxy(state);
  fixture = lb;
  await lb.startTarget('i-1', (_, response) => response.end('ok'));
  const rule = [...state.listeners.values()].flatMap(({ rules }) => [...rules.values()])[0];
  if (rule === undefined) throw new Error('The listener has no default rule.');
  await fc.assert(
    fc.asyncProperty(actions, requests, async (action, bytes) => {
      rule.Actions = [action];
      const client = speak(lb.url, bytes);
      // An unfinished request is waited for; its client gives up.
      client.socket.end();
      await client.ended;
      rule.Actions = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '200', MessageBody: 'alive' } }];
      expect(await (await fetch(lb.url)).text()).toBe('alive');
      expect(lb.defects).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('an answer that HTTP cannot carry is a 500 of that request, without its headers', async () => {
  const action = {
    Type: 'fixed-response' as const,
    FixedResponseConfig: { StatusCode: '200', ContentType: 'text/plain\r\nX-Injected: yes', MessageBody: 'no' },
  };
  const lb = await startProxy(buildElbV2State({ defaultAction: action, targetGroups: {} }));
  fixture = lb;
  const answer = await fetch(lb.url);
  expect(answer.status).toBe(500);
  expect(answer.headers.has('x-injected')).toBe(false);
});

test('an error of the load balancer’s own is told and is a 500 of that request', async () => {
  const state = buildElbV2State({ targetGroups: { web: [{ id: 'i-1', state: 'healthy' }] } });
  const lb = await startProxy(state);
  fixture = lb;
  const broken = state.loadBalancers.get(loadBalancerArn);
  Object.defineProperty(broken, 'attributes', {
    get() {
      throw new Error('planted');
    },
  });
  expect((await fetch(lb.url)).status).toBe(500);
  expect(lb.defects).toEqual([expect.objectContaining({ message: 'planted' })]);
});
