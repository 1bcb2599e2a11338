import type { Read } from './snapshot.js';

/** The value, or undefined when it was not read. */
export function readValue<T>(part: Read<T>): T | undefined {
  return part.kind === 'read' ? part.value : undefined;
}
