import { createHash } from 'node:crypto';

/** The token of one write of one rollout: the same write after a crash has the same token, and AWS answers as before. */
export function clientTokenFor(rolloutId: string, ...parts: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([rolloutId, ...parts]))
    .digest('hex')
    .slice(0, 36);
}
