import type { ServiceDefinition } from '../../control-plane/types.js';
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

export const elbV2Operations: ServiceDefinition['operations'] = {
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
};
