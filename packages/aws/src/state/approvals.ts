// approvals: what people said of a rollout's phases, beside its record. One parameter for each answer; the first one counts.
import { z } from 'zod';
import type { AwsClients } from '../clients/aws-clients.js';
import { approvalName, approvalsPath } from './parameter-names.js';
import { createParameter, deleteParameters, getParameters, getParametersBelow } from './parameters.js';
import { parseJson } from './parse-json.js';

const approval = z.object({
  isApproved: z.boolean(),
  /** `user@host`. */
  by: z.string(),
  /** Epoch milliseconds. */
  at: z.number(),
  reason: z.string().optional(),
});

export type Approval = Readonly<z.infer<typeof approval>>;

/** What was answered of the phase of the rollout; undefined: nothing that could be read as an answer. */
export async function readApproval(
  clients: AwsClients,
  groupName: string,
  rolloutId: string,
  phase: string,
): Promise<Approval | undefined> {
  const name = approvalName(groupName, rolloutId, phase);
  const value = (await getParameters(clients, [name])).get(name)?.value;
  return value === undefined ? undefined : parseJson(approval, value);
}

/** False when somebody has answered before. */
export async function writeApproval(
  clients: AwsClients,
  groupName: string,
  rolloutId: string,
  phase: string,
  answer: Approval,
): Promise<boolean> {
  return createParameter(clients, approvalName(groupName, rolloutId, phase), JSON.stringify(answer));
}

/** The answers of every rollout of the group. Called when one has ended: its journal has them. */
export async function tidyApprovals(clients: AwsClients, groupName: string): Promise<void> {
  const names = (await getParametersBelow(clients, approvalsPath(groupName))).map(({ name }) => name);
  if (names.length > 0) await deleteParameters(clients, names);
}
