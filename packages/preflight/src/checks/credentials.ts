// Whether the deployer's credentials outlive the rollout.
import { type Check, groupSubject } from '../check.js';
import { draft } from '../draft.js';
import { longestForecastMs } from '../intent.js';

export const checkCredentials: Check = ({ snapshot, intent }) => {
  const { credentials, at } = snapshot;
  if (credentials === undefined || credentials.isRenewed) return [];
  const longestMs = longestForecastMs(snapshot, intent);
  if (credentials.expireAt >= at + longestMs) return [];
  const minutes = Math.max(0, Math.floor((credentials.expireAt - at) / 60_000));
  return [
    draft('CREDENTIALS_EXPIRE', {
      subject: groupSubject(snapshot),
      message: `The deployer's credentials expire in ${minutes} min, and the rollout may take ${Math.ceil(longestMs / 60_000)} min.`,
      evidence: [{ id: 'credentials', what: `expire at ${new Date(credentials.expireAt).toISOString()}` }],
    }),
  ];
};
