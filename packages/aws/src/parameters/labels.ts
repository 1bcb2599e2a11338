import { LabelParameterVersionCommand, type SSMClient, UnlabelParameterVersionCommand } from '@aws-sdk/client-ssm';
import { readParameterHistory } from './read-parameters.js';

/** One version of a parameter and a label of it. */
export interface ParameterLabel {
  readonly name: string;
  readonly version: number;
  readonly label: string;
}

/** A label that another version had moves to this one. */
export async function putParameterLabel(ssm: SSMClient, { name, version, label }: ParameterLabel): Promise<void> {
  await ssm.send(new LabelParameterVersionCommand({ Name: name, ParameterVersion: version, Labels: [label] }));
}

export async function takeParameterLabel(ssm: SSMClient, { name, version, label }: ParameterLabel): Promise<void> {
  await ssm.send(new UnlabelParameterVersionCommand({ Name: name, ParameterVersion: version, Labels: [label] }));
}

export async function readParameterLabels(ssm: SSMClient, name: string, version: number): Promise<readonly string[]> {
  const versions = await readParameterHistory(ssm, name);
  return versions.find(({ Version }) => Version === version)?.Labels ?? [];
}
