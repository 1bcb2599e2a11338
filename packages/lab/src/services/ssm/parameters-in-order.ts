import type { LabState } from '../../control-plane/types.js';
import { isBelowPath } from './parameter-name.js';
import type { ParameterRecord } from './state.js';

/** Every parameter, in order of name. */
export function listParameters(state: LabState): readonly ParameterRecord[] {
  return [...state.ssm.parameters.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function listBelowPath(state: LabState, path: string, isRecursive: boolean): readonly ParameterRecord[] {
  return listParameters(state).filter(({ name }) => isBelowPath(name, path, isRecursive));
}
