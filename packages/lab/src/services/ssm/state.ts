import type { ParameterHistory, Tag } from '@aws-sdk/client-ssm';

/** A parameter and its versions, oldest first; the last is the current one. */
export interface ParameterRecord {
  readonly name: string;
  readonly versions: ParameterHistory[];
  tags: Tag[];
}

export interface SsmState {
  readonly parameters: Map<string, ParameterRecord>;
}

export function createSsmState(): SsmState {
  return { parameters: new Map() };
}
