// import-plan: what an import would do, name by name, before it does anything. Holds values; shows none.

import type { NewValue, StoredParameter } from '@directrix/aws';
import type { Cut } from './dotenv-cuts.js';
import type { DotenvFile } from './dotenv-file.js';
import type { WriteOptions } from './options.js';
import { refuseName, refuseValue } from './parameter-limits.js';

type ImportState =
  | 'create'
  | 'change'
  | 'unchanged'
  /** It has another value, and overwriting was not asked for. */
  | 'conflict'
  /** It has another type than asked for, and a parameter keeps its type. */
  | 'typeConflict'
  /** What was read may not be what the file's author meant, and it was not accepted. */
  | 'cut'
  /** Empty, and accepted as that: Parameter Store keeps no empty values, so it is left out. */
  | 'leftOut'
  | 'invalid';

export interface ImportStep {
  readonly name: string;
  readonly state: ImportState;
  readonly type: string;
  /** The present version. */
  readonly version?: number;
  /** Why it is not written as asked. */
  readonly because?: string;
  /** What was accepted, or would have to be. */
  readonly cuts?: readonly Cut[];
  readonly write?: NewValue;
}

export interface PlanOptions extends WriteOptions {
  readonly overwrite?: boolean;
  /** Names whose cuts were accepted. */
  readonly accept?: readonly string[];
}

export function planImport(
  path: string,
  { values, cuts }: Pick<DotenvFile, 'values' | 'cuts'>,
  current: ReadonlyMap<string, StoredParameter>,
  options: PlanOptions,
): ImportStep[] {
  return [...values].map(([key, value]) => {
    const name = `${path}${key}`;
    const own = cuts.get(key);
    if (own === undefined) return planStep(name, value, current.get(name), options);
    const step = planStep(name, value, current.get(name), options);
    if (!options.accept?.includes(key))
      return { ...step, state: 'cut', because: undefined, cuts: own, write: undefined };
    return value === '' ? { ...step, state: 'leftOut', because: undefined, cuts: own } : { ...step, cuts: own };
  });
}

/** Steps that keep the whole import from being applied. */
export function isBlocking({ state }: ImportStep): boolean {
  return state === 'conflict' || state === 'typeConflict' || state === 'cut' || state === 'invalid';
}

function planStep(name: string, value: string, current: StoredParameter | undefined, options: PlanOptions): ImportStep {
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
