import { expect, test } from 'vitest';
import { parseGuestMessage } from './guest-message.js';

test.each([
  { kind: 'hello', instanceId: 'i-1', pid: 7, inContainer: false },
  { kind: 'connect', id: 0, address: '10.0.1.4', port: 443 },
  { kind: 'resolve', id: 1, name: 'ssm.us-west-2.amazonaws.com' },
  { kind: 'cancel', id: 1 },
])('what a guest says is taken as it is: %j', (message) => {
  expect(parseGuestMessage(JSON.stringify(message))).toEqual(message);
});

test.each([
  'no JSON',
  'null',
  '{"kind":"shutdown"}',
  '{"kind":"connect","id":1,"address":"10.0.1.4","port":70000}',
  '{"kind":"resolve","id":"1","name":{}}',
  '{"kind":"hello","instanceId":"i-1"}',
])('what no guest says is refused: %s', (line) => {
  expect(() => parseGuestMessage(line)).toThrow();
});
