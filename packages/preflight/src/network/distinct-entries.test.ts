import { expect, test } from 'vitest';
import type { Finding } from '../finding.js';
import { dropRepeatedCalls } from './distinct-entries.js';

const finding = (subject: string, commands: readonly string[]): Finding => ({
  code: 'ENI_SG_RULES_MISMATCH',
  severity: 'error',
  check: 'secrets-network',
  subject,
  message: '',
  evidence: [],
  fix: { text: 'do it', commands },
});

test('a call that mends two findings is printed once, and the other says where', () => {
  const [first, second, third] = dropRepeatedCalls([
    finding('web to ssm', ['aws ec2 a', 'aws ec2 b']),
    finding('web to logs', ['aws ec2 a', 'aws ec2 c']),
    finding('builder to ssm', ['aws ec2 d']),
  ]);
  expect(first?.fix?.commands).toEqual(['aws ec2 a', 'aws ec2 b']);
  expect(second?.fix?.commands).toEqual(['aws ec2 c']);
  expect(second?.fix?.text).toBe('do it (commands that are not here stand for web to ssm)');
  expect(third?.fix).toEqual({ text: 'do it', commands: ['aws ec2 d'] });
});
