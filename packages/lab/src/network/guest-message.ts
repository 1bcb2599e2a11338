// guest-message: what a guest may say. An instance's processes are somebody's programs: what comes from there is checked, never cast.
import { z } from 'zod';
import type { GuestMessage } from '../machines/process/guest/protocol.js';

const id = z.number().int().nonnegative();

const schema: z.ZodType<GuestMessage> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('hello'),
    instanceId: z.string(),
    pid: z.number().int().positive(),
    inContainer: z.boolean(),
  }),
  z.object({ kind: z.literal('connect'), id, address: z.string(), port: z.number().int().min(0).max(65_535) }),
  z.object({ kind: z.literal('resolve'), id, name: z.string() }),
  z.object({ kind: z.literal('cancel'), id }),
]);

/** Throws when the line is no message of a guest. */
export function parseGuestMessage(line: string): GuestMessage {
  return schema.parse(JSON.parse(line));
}
