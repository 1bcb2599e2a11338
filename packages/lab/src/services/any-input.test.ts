import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AwsError } from '../control-plane/aws-error.js';
import { isReading } from '../control-plane/reading-operation.js';
import { createTestContext } from '../control-plane/test-context.js';
import type { ServiceDefinition } from '../control-plane/types.js';
import { createWeb } from '../machines/simulated/testing/create-web.js';
import { findOperationSchema } from '../protocols/operation-schema.js';
import { anyText, arbitraryOf } from '../protocols/testing/schema-arbitrary.js';
import { SERVICES } from './index.js';

interface Call {
  readonly service: ServiceDefinition;
  readonly operationName: string;
}

const CALLS: readonly Call[] = SERVICES.flatMap((service) =>
  Object.keys(service.operations).map((operationName) => ({ service, operationName })),
);
const CALL_COUNT = 600;

test("every operation of the lab is one of AWS's", () => {
  const strangers = CALLS.filter(
    ({ service, operationName }) => findOperationSchema(service, operationName) === undefined,
  );
  expect(strangers.map(({ operationName }) => operationName)).toEqual([]);
});

test.each([1, 2])(
  'C2: whatever an operation is given, it answers, or refuses as AWS does and changes nothing (seed %i)',
  async (seed) => {
    const web = await createWeb({ lab: { seed } });
    const context = createTestContext({ state: web.lab.state, now: web.clock.now() });
    // Ids, names and ARNs that exist, so that operations get further than "not found".
    const existing = fc.constantFrom(...findTexts(web.lab.state));
    const text = fc.oneof({ weight: 8, arbitrary: existing }, { weight: 1, arbitrary: anyText });
    const limits = { hasEmptyLists: true, hasEmptyStructures: true, text };
    const calls = fc.sample(fc.constantFrom(...CALLS), { numRuns: CALL_COUNT, seed });
    let answered = 0;

    for (const [index, { service, operationName }] of calls.entries()) {
      const inputs = arbitraryOf(findOperationSchema(service, operationName)!.input, limits) ?? fc.constant({});
      const [input] = fc.sample(inputs, { numRuns: 1, seed: seed * CALL_COUNT + index });
      const before = write([context.state, context.effects, context.scheduled]);
      const told = `${service.name} ${operationName} ${write(input)}`;
      try {
        service.operations[operationName]!(input, context);
        answered += 1;
        if (isReading(operationName))
          expect(write([context.state, context.effects, context.scheduled]), told).toBe(before);
      } catch (error) {
        expect(error, told).toBeInstanceOf(AwsError);
        expect(write([context.state, context.effects, context.scheduled]), told).toBe(before);
      }
      for (const { reconcile } of SERVICES) reconcile?.(context);
    }
    expect(answered).toBeGreaterThan(CALL_COUNT / 20);
    await web.lab.close();
  },
);

function write(value: unknown): string {
  return JSON.stringify(value, (_key, item) => (item instanceof Map || item instanceof Set ? [...item] : item));
}

/** Every text in the state that could be an id or a name. */
function findTexts(state: object): readonly string[] {
  const texts = new Set<string>();
  JSON.parse(write(state), (_key, item) => {
    if (typeof item === 'string' && item.length < 200) texts.add(item);
    return item;
  });
  return [...texts];
}
