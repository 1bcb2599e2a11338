// Hooks that hold new instances before they serve, or old ones before they go.
import type { Check } from '../check.js';
import { groupName, groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';

export const checkLifecycleHooks: Check = ({ snapshot, intent }) =>
  (readValue(snapshot.hooks) ?? []).map((hook) => {
    const { LifecycleHookName = '', HeartbeatTimeout = 3600, DefaultResult = 'ABANDON' } = hook;
    const isLaunch = hook.LifecycleTransition === 'autoscaling:EC2_INSTANCE_LAUNCHING';
    const outlasts = isLaunch && HeartbeatTimeout * 1000 >= intent.startTimeoutMs;
    const what = `${isLaunch ? 'launch' : 'termination'} hook, ${HeartbeatTimeout} s, then ${DefaultResult}`;
    return draft(outlasts ? 'LIFECYCLE_HOOK_TIMEOUT' : 'LIFECYCLE_HOOK', {
      subject: groupSubject(snapshot),
      message: outlasts
        ? `${LifecycleHookName} may hold a new instance of ${groupName(snapshot.group)} for ${HeartbeatTimeout} s (then ${DefaultResult}), and the rollout waits ${Math.round(intent.startTimeoutMs / 1000)} s for its first healthy check.`
        : `${LifecycleHookName} holds each ${isLaunch ? 'new' : 'old'} instance for up to ${HeartbeatTimeout} s, then ${DefaultResult}.`,
      evidence: [{ id: LifecycleHookName, what }],
      ...(outlasts
        ? { fix: { text: `deploy with --start-timeout ${HeartbeatTimeout + 60}s, or lower the heartbeat timeout` } }
        : {}),
    });
  });
