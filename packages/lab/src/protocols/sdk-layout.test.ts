// The lab reads the SDK's schemas by position, which is no public contract. All of it is in operation-schema.ts; where a version of the SDK
// has them otherwise, this says so before anything else fails in a stranger way.
import { expect, test } from 'vitest';
import { SERVICES } from '../services/index.js';
import {
  findModelledError,
  findOperationSchema,
  type OperationSchema,
  requiredMemberNames,
} from './operation-schema.js';

const moved =
  "the SDK's schemas have another layout than operation-schema.ts reads: mend it, or stay on an earlier version";

test.each(SERVICES.map((service) => [service.name, service] as const))(
  'of %s every operation has its schema',
  (_, service) => {
    const unread = Object.keys(service.operations).filter((name) => {
      const schema = findOperationSchema(service, name);
      return schema === undefined || ![schema.input, schema.output].every(isStructure);
    });
    expect(unread, moved).toEqual([]);
  },
);

/** Unit: it has no members at all. */
function isStructure(schema: OperationSchema['input']): boolean {
  return schema.isStructSchema() || schema.isUnitSchema();
}

const serviceOf = (name: string) => SERVICES.find((service) => service.name === name)!;

test('members come with their names, the required ones first', () => {
  const input = findOperationSchema(serviceOf('ec2'), 'RunInstances')!.input;
  expect([...requiredMemberNames(input)].sort(), moved).toEqual(['MaxCount', 'MinCount']);
  expect(Object.keys(input.getMemberSchemas()), moved).toContain('IamInstanceProfile');
});

test('errors come with the codes that the query protocols give them', () => {
  expect(findModelledError(serviceOf('elasticloadbalancing'), 'TargetGroupNotFound'), moved).toMatchObject({
    shapeName: 'TargetGroupNotFoundException',
    queryStatusCode: 400,
  });
});
