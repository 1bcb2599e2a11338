import type { NormalizedSchema } from '@smithy/core/schema';
import fc from 'fast-check';
import { requiredMemberNames } from '../operation-schema.js';

/** What a wire cannot carry, and so is not generated. */
export interface WireLimits {
  /** The query protocols write nothing for an empty structure or map, and ec2Query nothing for an empty list. */
  readonly hasEmptyStructures: boolean;
  readonly hasEmptyLists: boolean;
  readonly text: fc.Arbitrary<string>;
}

const DEEPEST = 5;

/** Values of a schema: its required members always, a few of the others. Undefined where the schema nests too deep. */
export function arbitraryOf(
  schema: NormalizedSchema,
  limits: WireLimits,
  depth = 0,
): fc.Arbitrary<unknown> | undefined {
  if (schema.isUnitSchema()) return fc.constant({});
  if (depth > DEEPEST) return undefined;
  if (schema.isStructSchema()) return structures(schema, limits, depth);
  if (schema.isListSchema()) {
    const element = arbitraryOf(schema.getValueSchema(), limits, depth + 1);
    return element && fc.array(element, { minLength: limits.hasEmptyLists ? 0 : 1, maxLength: 3 });
  }
  if (schema.isMapSchema()) {
    const value = arbitraryOf(schema.getValueSchema(), limits, depth + 1);
    return (
      value &&
      fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme-ascii' }), value, {
        minKeys: limits.hasEmptyStructures ? 0 : 1,
        maxKeys: 3,
      })
    );
  }
  return scalars(schema, limits);
}

function structures(schema: NormalizedSchema, limits: WireLimits, depth: number): fc.Arbitrary<unknown> | undefined {
  const required = requiredMemberNames(schema);
  const members = new Map<string, fc.Arbitrary<unknown>>();
  const always: string[] = [];
  for (const [name, member] of schema.structIterator()) {
    const arbitrary = arbitraryOf(member, limits, depth + 1);
    if (arbitrary === undefined) continue;
    members.set(name, arbitrary);
    // The SDK writes an idempotency token of its own where there is none.
    if (required.includes(name) || member.isIdempotencyToken()) always.push(name);
  }
  const optional = [...members.keys()].filter((name) => !always.includes(name));
  const least = always.length > 0 || (limits.hasEmptyStructures && !schema.isUnionSchema()) ? 0 : 1;
  if (optional.length < least) return undefined;
  const most = schema.isUnionSchema() ? 1 : 4;
  return fc
    .subarray(optional, { minLength: least, maxLength: Math.min(most, optional.length) })
    .chain((chosen) => fc.record(Object.fromEntries([...always, ...chosen].map((name) => [name, members.get(name)!]))))
    .map((record) => ({ ...record }));
}

function scalars(schema: NormalizedSchema, limits: WireLimits): fc.Arbitrary<unknown> {
  if (schema.isBooleanSchema()) return fc.boolean();
  if (schema.isNumericSchema())
    return fc.oneof(
      fc.integer(),
      fc.integer({ min: -400, max: 400 }).map((value) => value / 4),
    );
  if (schema.isTimestampSchema())
    return fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
  if (schema.isBlobSchema()) return fc.uint8Array({ maxLength: 20 });
  return limits.text;
}

/** Any text that is well formed. */
export const anyText: fc.Arbitrary<string> = fc.string({ unit: 'binary', maxLength: 12 });

/** Text that XML 1.0 can carry and that the SDK's reader keeps: it drops white space around a line break when there is nothing else. */
export const xmlText: fc.Arbitrary<string> = anyText
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML excludes them.
  .map((text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '¤'))
  .filter((text) => text.trim() !== '' || !/[\n\r]/.test(text));
