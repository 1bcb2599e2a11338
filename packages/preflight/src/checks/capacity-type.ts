// Capacity that can be taken away in the middle of a rollout.
import type { Check } from '../check.js';
import { groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';

export const checkCapacityType: Check = ({ snapshot }) => {
  const template = readValue(snapshot.launchTemplate);
  if (template?.data?.InstanceMarketOptions?.MarketType !== 'spot') return [];
  return [
    draft('SPOT_CAPACITY', {
      subject: groupSubject(snapshot),
      message: `Launch template ${template.name} asks for spot instances: a new one can be lost, and the rollout would call that evidence (INSTANCE_LOST).`,
      evidence: [{ id: template.launchTemplateId, what: 'InstanceMarketOptions.MarketType is spot' }],
    }),
  ];
};
