import type { ControlPlaneContext } from '../../control-plane/types.js';

function arnOf(context: ControlPlaneContext, resource: string): string {
  return `arn:aws:elasticloadbalancing:${context.state.region}:${context.state.accountId}:${resource}`;
}

export function newLoadBalancerArn(context: ControlPlaneContext, name: string): string {
  return arnOf(context, `loadbalancer/app/${name}/${context.ids.hex('', 16)}`);
}

export function newTargetGroupArn(context: ControlPlaneContext, name: string): string {
  return arnOf(context, `targetgroup/${name}/${context.ids.hex('', 16)}`);
}

export function newListenerArn(context: ControlPlaneContext, loadBalancerArn: string): string {
  return `${loadBalancerArn.replace(':loadbalancer/', ':listener/')}/${context.ids.hex('', 16)}`;
}

export function newRuleArn(context: ControlPlaneContext, listenerArn: string): string {
  return `${listenerArn.replace(':listener/', ':listener-rule/')}/${context.ids.hex('', 16)}`;
}

/** `app/web/50dc6c495c0c9188` of a load balancer's ARN: how its network interfaces and metrics name it. */
export function loadBalancerPath(loadBalancerArn: string): string {
  return loadBalancerArn.slice(loadBalancerArn.indexOf(':loadbalancer/') + ':loadbalancer/'.length);
}
