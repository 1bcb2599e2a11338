import * as schemas from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ControlPlaneContext, LabEvent, ServiceDefinition } from '../../control-plane/types.js';
import { addTags } from './operations/add-tags.js';
import { createListener } from './operations/create-listener.js';
import { createLoadBalancer } from './operations/create-load-balancer.js';
import { createRule } from './operations/create-rule.js';
import { createTargetGroup } from './operations/create-target-group.js';
import { deleteListener } from './operations/delete-listener.js';
import { deleteLoadBalancer } from './operations/delete-load-balancer.js';
import { deleteRule } from './operations/delete-rule.js';
import { deleteTargetGroup } from './operations/delete-target-group.js';
import { deregisterTargets } from './operations/deregister-targets.js';
import { describeAccountLimits } from './operations/describe-account-limits.js';
import { describeListenerAttributes } from './operations/describe-listener-attributes.js';
import { describeListeners } from './operations/describe-listeners.js';
import { describeLoadBalancerAttributes } from './operations/describe-load-balancer-attributes.js';
import { describeLoadBalancers } from './operations/describe-load-balancers.js';
import { describeRules } from './operations/describe-rules.js';
import { describeSSLPolicies } from './operations/describe-ssl-policies.js';
import { describeTags } from './operations/describe-tags.js';
import { describeTargetGroupAttributes } from './operations/describe-target-group-attributes.js';
import { describeTargetGroups } from './operations/describe-target-groups.js';
import { describeTargetHealth } from './operations/describe-target-health.js';
import { modifyListener } from './operations/modify-listener.js';
import { modifyLoadBalancerAttributes } from './operations/modify-load-balancer-attributes.js';
import { modifyRule } from './operations/modify-rule.js';
import { modifyTargetGroup } from './operations/modify-target-group.js';
import { modifyTargetGroupAttributes } from './operations/modify-target-group-attributes.js';
import { registerTargets } from './operations/register-targets.js';
import { removeTags } from './operations/remove-tags.js';
import { setRulePriorities } from './operations/set-rule-priorities.js';
import { setSecurityGroups } from './operations/set-security-groups.js';
import { setSubnets } from './operations/set-subnets.js';
import { playTargetTimer, recordCheckResult, settleTargets } from './target-health.js';

export const elbV2Service: ServiceDefinition = {
  name: 'elasticloadbalancing',
  protocol: 'awsQuery',
  apiVersion: '2015-12-01',
  xmlNamespace: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
  schemas,
  operations: {
    AddTags: addTags,
    CreateListener: createListener,
    CreateLoadBalancer: createLoadBalancer,
    CreateRule: createRule,
    CreateTargetGroup: createTargetGroup,
    DeleteListener: deleteListener,
    DeleteLoadBalancer: deleteLoadBalancer,
    DeleteRule: deleteRule,
    DeleteTargetGroup: deleteTargetGroup,
    DeregisterTargets: deregisterTargets,
    DescribeAccountLimits: describeAccountLimits,
    DescribeListenerAttributes: describeListenerAttributes,
    DescribeListeners: describeListeners,
    DescribeLoadBalancerAttributes: describeLoadBalancerAttributes,
    DescribeLoadBalancers: describeLoadBalancers,
    DescribeRules: describeRules,
    DescribeSSLPolicies: describeSSLPolicies,
    DescribeTags: describeTags,
    DescribeTargetGroupAttributes: describeTargetGroupAttributes,
    DescribeTargetGroups: describeTargetGroups,
    DescribeTargetHealth: describeTargetHealth,
    ModifyListener: modifyListener,
    ModifyLoadBalancerAttributes: modifyLoadBalancerAttributes,
    ModifyRule: modifyRule,
    ModifyTargetGroup: modifyTargetGroup,
    ModifyTargetGroupAttributes: modifyTargetGroupAttributes,
    RegisterTargets: registerTargets,
    RemoveTags: removeTags,
    SetRulePriorities: setRulePriorities,
    SetSecurityGroups: setSecurityGroups,
    SetSubnets: setSubnets,
  },
  onEvent: playEvent,
  reconcile: settleTargets,
};

// Nobody acts in the moment in which a target's health changes: groups read it at their own poll. Saying so spares a group of a
// thousand a look at every member after every check. A target that is gone is another matter: departures wait for it.
function playEvent(event: LabEvent, context: ControlPlaneContext): undefined | 'unchanged' {
  if (event.service !== 'elasticloadbalancing') return 'unchanged';
  const { listeners, listenerUrls, targetGroups } = context.state.elbv2;
  switch (event.type) {
    case 'timer':
      return playTargetTimer(event.name, event.data, context) ? undefined : 'unchanged';
    case 'listenerOpened':
      if (listeners.has(event.listenerArn)) listenerUrls.set(event.listenerArn, event.url);
      return 'unchanged';
    case 'healthCheckResult': {
      const record = targetGroups.get(event.targetGroupArn);
      if (record) recordCheckResult(record, event.checkId, event.result, context);
      return 'unchanged';
    }
  }
}
