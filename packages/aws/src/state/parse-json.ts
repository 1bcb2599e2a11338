import type { z } from 'zod';

/** What `text` says, as the schema has it; undefined when it is no JSON or says something else. */
export function parseJson<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
