import { expect, test } from 'vitest';
import { vpc } from '../resources/vpc.js';
import { type AppliedResource, checkUpdate, decideAction } from './decide-action.js';

const TYPE = 'AWS::EC2::VPC';
const of = (properties: object, stackTags: AppliedResource['stackTags'] = [], type = TYPE): AppliedResource => ({
  type,
  properties: properties as AppliedResource['properties'],
  stackTags,
});
const before = of({ CidrBlock: '10.0.0.0/16', EnableDnsSupport: true });

test.each([
  ['nothing yet', undefined, before, { kind: 'add' }],
  ['the same, in another order', before, of({ EnableDnsSupport: true, CidrBlock: '10.0.0.0/16' }), { kind: 'keep' }],
  ['what can change', before, of({ CidrBlock: '10.0.0.0/16' }), { kind: 'modify', changed: ['EnableDnsSupport'] }],
  [
    'the stack’s tags',
    before,
    of(before.properties, [{ Key: 'a', Value: 'b' }]),
    { kind: 'modify', changed: ['Tags'] },
  ],
  [
    'what cannot',
    before,
    of({ CidrBlock: '10.1.0.0/16', EnableDnsSupport: false }),
    { kind: 'replace', changed: ['CidrBlock', 'EnableDnsSupport'], because: ['CidrBlock'] },
  ],
  ['another type', before, of({}, [], 'AWS::EC2::Subnet'), { kind: 'replace', changed: [], because: [] }],
])('U1, U2: of %s', (_what, was, will, action) => {
  expect(decideAction(was, will)).toEqual(action);
});

test('the stack’s tags are no change of what cannot be tagged', () => {
  const route = of({}, [], 'AWS::EC2::Route');
  expect(decideAction(route, of({}, [{ Key: 'a', Value: 'b' }], 'AWS::EC2::Route'))).toEqual({ kind: 'keep' });
});

test('U3: a change that the lab does not make in place is refused by name', () => {
  expect(() => checkUpdate(TYPE, vpc, ['InstanceTenancy'])).toThrow(
    'The lab does not emulate an update of InstanceTenancy of AWS::EC2::VPC.',
  );
});
