import { expect, test } from 'vitest';
import { parseDestination, parseSource } from './parse-place.js';

test.each([
  ['group:web', { kind: 'group', name: 'web' }],
  ['group:a:b', { kind: 'group', name: 'a:b' }],
  ['lt:packer-builder', { kind: 'launchTemplate', name: 'packer-builder' }],
  ['i-0123456789abcdef0', { kind: 'instance', id: 'i-0123456789abcdef0' }],
  ['instance:Builder', { kind: 'instance', id: 'Builder' }],
  ['eni-0a1', { kind: 'networkInterface', id: 'eni-0a1' }],
])('--from %s', (text, expected) => {
  expect(parseSource(text)).toEqual(expected);
});

test.each([
  ['ssm:443', { kind: 'name', name: 'ssm.us-west-2.amazonaws.com' }, 443],
  ['rds-data', { kind: 'name', name: 'rds-data.us-west-2.amazonaws.com' }, 443],
  ['ssm', { kind: 'name', name: 'ssm.us-west-2.amazonaws.com' }, 443],
  ['db.internal:3306', { kind: 'name', name: 'db.internal' }, 3306],
  ['10.0.1.2:22', { kind: 'address', address: '10.0.1.2' }, 22],
  ['i-0a1:80', { kind: 'instance', instanceId: 'i-0a1' }, 80],
  ['instance:aws_instance.db[0]:5432', { kind: 'instance', instanceId: 'aws_instance.db[0]' }, 5432],
  ['eni-0a1:80', { kind: 'networkInterface', networkInterfaceId: 'eni-0a1' }, 80],
])('--to %s', (text, to, port) => {
  expect(parseDestination(text, 'us-west-2')).toEqual({ to, port });
});

test.each(['', ':443', 'ssm:0', 'ssm:65536', '2001:db8::1', 'a:b:443'])('--to %j is refused', (text) => {
  expect(() => parseDestination(text, 'us-west-2')).toThrow('is not a destination');
});

test.each([
  ['smm:443', 'did you mean ssm'],
  ['secretmanager', 'did you mean secretsmanager'],
  ['mysql:3306', 'any other name is written in full: NAME.example.com:PORT'],
])('--to %j is no service, and asked about', (text, hint) => {
  expect(() => parseDestination(text, 'us-west-2')).toThrow(
    expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining(hint) }),
  );
});

test.each(['web', 'i-xyz', 'subnet-1', ''])('--from %j is refused', (text) => {
  expect(() => parseSource(text)).toThrow('is not a source');
});
