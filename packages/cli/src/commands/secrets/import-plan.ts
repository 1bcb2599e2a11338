// import-plan: what an import would do, name by name, before it does anything. Holds values; shows none.
import type { WriteOptions } from './command.js';
import { refuseName, refuseValue } from './parameter-limits.js';
import type { NewValue, StoredSecret } from './store.js';

export type ImportState =
  | 'create'
  | 'change'
  | 'unchanged'
  /** It has another value, and overwriting was not asked for. */
  | 'conflict'
  /** It has another type than asked for, and a parameter keeps its type. */
  | 'typeConflict'
  | 'invalid';

export interface ImportStep {
  readonly name: string;
  readonly state: ImportState;
  readonly type: string;
  /** The present version. */
  readonly version?: number;
  /** Why it is invalid. */
  readonly because?: string;
  readonly write?: NewValue;
}

export function planImport(
  path: string,
  values: ReadonlyMap<string, string>,
  current: ReadonlyMap<string, StoredSecret>,
  options: WriteOptions & { readonly overwrite?: boolean },
): ImportStep[] {
  return [...values].map(([key, value]) => planStep(`${path}${key}`, value, current.get(`${path}${key}`), options));
}

/** Steps that keep the whole import from being applied. */
export function isBlocking({ state }: ImportStep): boolean {
  return state === 'conflict' || state === 'typeConflict' || state === 'invalid';
}

function planStep(
  name: string,
  value: string,
  current: StoredSecret | undefined,
  options: WriteOptions & { readonly overwrite?: boolean },
): ImportStep {
  const isAdvanced = options.advanced === true;
  const type = current?.type ?? options.type ?? 'SecureString';
  const facts = { name, type, version: current?.version };
  const because = refuseName(name) ?? refuseValue(value, isAdvanced);
  if (because !== undefined) return { ...facts, state: 'invalid', because };
  if (current && options.type !== undefined && options.type !== current.type) {
    return { ...facts, state: 'typeConflict', because: `it is a ${current.type}, not a ${options.type}` };
  }
  if (current?.value === value) return { ...facts, state: 'unchanged' };
  if (current && !options.overwrite)
    return { ...facts, state: 'conflict', because: 'it has another value: --overwrite changes it' };
  const write = { name, value, type, keyId: options.keyId, isAdvanced, isOverwriting: current !== undefined };
  return { ...facts, state: current ? 'change' : 'create', write };
}
