// What the deployer's own credentials may do.
import type { Check } from '../check.js';
import { groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';

export const checkDeployer: Check = ({ snapshot }) => {
  const denied = Object.entries(readValue(snapshot.deployerPermissions) ?? {})
    .filter(([, verdict]) => verdict === 'denied')
    .map(([action]) => action)
    .sort();
  if (denied.length === 0) return [];
  return [
    draft('DEPLOYER_NOT_ALLOWED', {
      subject: groupSubject(snapshot),
      message: `The deployer's credentials may not do ${denied.join(', ')}.`,
      evidence: denied.map((id) => ({ id, what: "denied, says IAM's simulation" })),
    }),
  ];
};
