import { failureOf, type UnreadablePart } from '@directrix/rollout';

type Part = UnreadablePart['part'];

/** Reads an observation part by part: one that fails is named, and the others go on. */
export interface PartReader {
  /** What `ask` answers; `otherwise` when it fails, and then the part is unreadable. */
  read<Value>(part: Part, otherwise: Value, ask: () => Promise<Value>): Promise<Value>;
  note(part: Part, error: unknown): void;
  readonly unreadable: readonly UnreadablePart[];
}

export function createPartReader(): PartReader {
  const unreadable: UnreadablePart[] = [];
  const note = (part: Part, error: unknown) => {
    unreadable.push({ part, failure: failureOf(error) });
  };
  return {
    unreadable,
    note,
    read: async (part, otherwise, ask) =>
      ask().catch((error: unknown) => {
        note(part, error);
        return otherwise;
      }),
  };
}
