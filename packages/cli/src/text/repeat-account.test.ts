import { expect, test } from 'vitest';
import { repeatAccount } from './repeat-account.js';

const account = { profile: 'production', region: 'eu-west-1' };

test.each([
  ['directrix resume --group web', 'directrix resume --profile production --region eu-west-1 --group web'],
  [
    'put it: directrix secrets set /app/KEY',
    'put it: directrix secrets set --profile production --region eu-west-1 /app/KEY',
  ],
  [
    '$ aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1 --private-dns-enabled',
    '$ aws ec2 modify-vpc-endpoint --profile production --region eu-west-1 --vpc-endpoint-id vpce-1 --private-dns-enabled',
  ],
  [
    'wait until it is: aws ec2 wait image-available --image-ids ami-1',
    'wait until it is: aws ec2 wait image-available --profile production --region eu-west-1 --image-ids ami-1',
  ],
])('%s', (text, repeated) => {
  expect(repeatAccount(text, account)).toBe(repeated);
  expect(repeatAccount(text, {})).toBe(text);
});

test.each([
  'directrix status shows the last rollout of a group',
  'directrix lab down --lab lab-1',
  'is the lab up (`directrix lab status`)?',
  'aws configure export-credentials --profile other --format env',
])('a text without a command for the account stays as it is: %s', (text) => {
  expect(repeatAccount(text, account)).toBe(text);
});

test('a name is one word of the shell, and breaks no document', () => {
  expect(repeatAccount('directrix abort --group web', { profile: 'my own' })).toBe(
    "directrix abort --profile 'my own' --group web",
  );
  expect(repeatAccount('directrix abort --group web', { profile: 'a"b' })).toBe('directrix abort --group web');
});
