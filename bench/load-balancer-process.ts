// The proxy under measurement, alone in its process: one listener, one healthy target at the port given as argument.
import { createLabState, createLoadBalancer, createScaledClock, DEFAULT_TIMING, type LabState } from '@directrix/lab';

const loadBalancerArn = 'arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/bench/1';
const listenerArn = 'arn:aws:elasticloadbalancing:us-west-2:123456789012:listener/app/bench/1/1';
const targetGroupArn = 'arn:aws:elasticloadbalancing:us-west-2:123456789012:targetgroup/bench/1';

export default function serve([targetPort]: readonly string[]): void {
  const state = createLabState();
  fill(state);
  const proxy = createLoadBalancer({
    controlPlane: {
      clock: createScaledClock({ speed: 1 }),
      timing: DEFAULT_TIMING,
      state,
      report: (event) => {
        if (event.type === 'listenerOpened' && 'url' in event) process.send?.(event.url);
      },
      handle: () => Promise.reject(new Error('not measured')),
      reportDefect: (error) => {
        throw error;
      },
      issueCredentials: () => undefined,
    },
    locator: { locate: () => ({ kind: 'open', host: '127.0.0.1', port: Number(targetPort) }) },
  });
  proxy.perform({ kind: 'listenersChanged' });
  process.once('disconnect', () => void proxy.close());
}

function fill({ elbv2 }: LabState): void {
  const action = { Type: 'forward', TargetGroupArn: targetGroupArn } as const;
  const rule = { RuleArn: 'default', Priority: 'default', IsDefault: true, Conditions: [], Actions: [action] };
  elbv2.loadBalancers.set(loadBalancerArn, { loadBalancer: {}, attributes: new Map() });
  elbv2.listeners.set(listenerArn, {
    listener: { ListenerArn: listenerArn, LoadBalancerArn: loadBalancerArn, Port: 80, Protocol: 'HTTP' },
    rules: new Map([['default', rule]]),
  });
  elbv2.targetGroups.set(targetGroupArn, {
    targetGroup: { TargetGroupArn: targetGroupArn, Port: 80, LoadBalancerArns: [loadBalancerArn] },
    attributes: new Map(),
    targets: new Map([
      [
        'i-1:80',
        {
          target: { Id: 'i-1', Port: 80 },
          registrationId: 'bench',
          health: { State: 'healthy' },
          checkEpoch: 0,
          checksSent: 0,
          lastAnsweredCheck: 0,
          consecutiveSuccesses: 0,
          consecutiveFailures: 0,
          registeredAt: 0,
        },
      ],
    ]),
  });
}
