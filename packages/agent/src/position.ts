import { z } from 'zod';

/** Where reading goes on: after an entry up to which everything is acknowledged, or at the first entry of all. */
export const positionSchema = z.strictObject({
  schema: z.literal(1),
  /** A position belongs to one instance: an image may carry the file of the machine that it was made from. */
  instanceId: z.string(),
  cursor: z.string().min(1),
  /** Whether the entry itself is acknowledged. It is not in the note that is made before anything is shipped. */
  isShipped: z.boolean(),
  /** Epoch milliseconds of that entry. */
  entryAt: z.number().int(),
  /** Epoch milliseconds of the acknowledgement, or of the note. */
  notedAt: z.number().int(),
});

export type Position = z.infer<typeof positionSchema>;
