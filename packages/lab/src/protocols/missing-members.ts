import type { NormalizedSchema } from '@smithy/core/schema';
import { requiredMemberNames } from './operation-schema.js';

/** `tags[0].key` as AWS's validation texts write it: `tags.1.member.key`. */
export interface MissingMember {
  readonly path: string;
  readonly memberName: string;
  readonly schema: NormalizedSchema;
}

/** Every required member that `input` lacks, at any depth, in the order of the schema. */
export function findMissingMembers(schema: NormalizedSchema, input: unknown, path = ''): readonly MissingMember[] {
  if (schema.isStructSchema()) return findInStructure(schema, input as Readonly<Record<string, unknown>>, path);
  if (schema.isListSchema()) {
    const member = schema.getValueSchema();
    return (input as readonly unknown[]).flatMap((item, index) =>
      findMissingMembers(member, item, `${path}.${index + 1}.member`),
    );
  }
  if (schema.isMapSchema()) {
    const value = schema.getValueSchema();
    return Object.entries(input as Readonly<Record<string, unknown>>).flatMap(([key, item]) =>
      findMissingMembers(value, item, `${path}.${key}.member`),
    );
  }
  return [];
}

function findInStructure(
  schema: NormalizedSchema,
  input: Readonly<Record<string, unknown>>,
  path: string,
): readonly MissingMember[] {
  const required = new Set(requiredMemberNames(schema));
  const missing: MissingMember[] = [];
  for (const [memberName, member] of schema.structIterator()) {
    const memberPath = `${path}${path === '' ? '' : '.'}${lowerFirst(memberName)}`;
    const value = input[memberName];
    if (value !== undefined) missing.push(...findMissingMembers(member, value, memberPath));
    else if (required.has(memberName)) missing.push({ path: memberPath, memberName, schema: member });
  }
  return missing;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
