import type { ServiceDefinition } from '../../control-plane/types.js';
import { attachInstances } from './operations/attach-instances.js';
import { attachLoadBalancerTargetGroups } from './operations/attach-load-balancer-target-groups.js';
import { attachTrafficSources } from './operations/attach-traffic-sources.js';
import { batchDeleteScheduledAction } from './operations/batch-delete-scheduled-action.js';
import { batchPutScheduledUpdateGroupAction } from './operations/batch-put-scheduled-update-group-action.js';
import { completeLifecycleAction } from './operations/complete-lifecycle-action.js';
import { createAutoScalingGroup } from './operations/create-auto-scaling-group.js';
import { createLaunchConfiguration } from './operations/create-launch-configuration.js';
import { createOrUpdateTags } from './operations/create-or-update-tags.js';
import { deleteAutoScalingGroup } from './operations/delete-auto-scaling-group.js';
import { deleteLaunchConfiguration } from './operations/delete-launch-configuration.js';
import { deleteLifecycleHook } from './operations/delete-lifecycle-hook.js';
import { deletePolicy } from './operations/delete-policy.js';
import { deleteScheduledAction } from './operations/delete-scheduled-action.js';
import { deleteTags } from './operations/delete-tags.js';
import { describeAccountLimits } from './operations/describe-account-limits.js';
import { describeAdjustmentTypes } from './operations/describe-adjustment-types.js';
import { describeAutoScalingGroups } from './operations/describe-auto-scaling-groups.js';
import { describeAutoScalingInstances } from './operations/describe-auto-scaling-instances.js';
import { describeAutoScalingNotificationTypes } from './operations/describe-auto-scaling-notification-types.js';
import { describeInstanceRefreshes } from './operations/describe-instance-refreshes.js';
import { describeLaunchConfigurations } from './operations/describe-launch-configurations.js';
import { describeLifecycleHookTypes } from './operations/describe-lifecycle-hook-types.js';
import { describeLifecycleHooks } from './operations/describe-lifecycle-hooks.js';
import { describeLoadBalancerTargetGroups } from './operations/describe-load-balancer-target-groups.js';
import { describeMetricCollectionTypes } from './operations/describe-metric-collection-types.js';
import { describePolicies } from './operations/describe-policies.js';
import { describeScalingActivities } from './operations/describe-scaling-activities.js';
import { describeScalingProcessTypes } from './operations/describe-scaling-process-types.js';
import { describeScheduledActions } from './operations/describe-scheduled-actions.js';
import { describeTags } from './operations/describe-tags.js';
import { describeTerminationPolicyTypes } from './operations/describe-termination-policy-types.js';
import { describeTrafficSources } from './operations/describe-traffic-sources.js';
import { describeWarmPool } from './operations/describe-warm-pool.js';
import { detachInstances } from './operations/detach-instances.js';
import { detachLoadBalancerTargetGroups } from './operations/detach-load-balancer-target-groups.js';
import { detachTrafficSources } from './operations/detach-traffic-sources.js';
import { disableMetricsCollection } from './operations/disable-metrics-collection.js';
import { enableMetricsCollection } from './operations/enable-metrics-collection.js';
import { enterStandby } from './operations/enter-standby.js';
import { executePolicy } from './operations/execute-policy.js';
import { exitStandby } from './operations/exit-standby.js';
import { putLifecycleHook } from './operations/put-lifecycle-hook.js';
import { putScalingPolicy } from './operations/put-scaling-policy.js';
import { putScheduledUpdateGroupAction } from './operations/put-scheduled-update-group-action.js';
import { recordLifecycleActionHeartbeat } from './operations/record-lifecycle-action-heartbeat.js';
import { resumeProcesses } from './operations/resume-processes.js';
import { setDesiredCapacity } from './operations/set-desired-capacity.js';
import { setInstanceHealth } from './operations/set-instance-health.js';
import { setInstanceProtection } from './operations/set-instance-protection.js';
import { suspendProcesses } from './operations/suspend-processes.js';
import { terminateInstanceInAutoScalingGroup } from './operations/terminate-instance-in-auto-scaling-group.js';
import { updateAutoScalingGroup } from './operations/update-auto-scaling-group.js';

export const autoScalingOperations: ServiceDefinition['operations'] = {
  ExecutePolicy: executePolicy,
  DescribeAutoScalingNotificationTypes: describeAutoScalingNotificationTypes,
  DescribeLifecycleHookTypes: describeLifecycleHookTypes,
  DescribeAdjustmentTypes: describeAdjustmentTypes,
  DescribeMetricCollectionTypes: describeMetricCollectionTypes,
  DisableMetricsCollection: disableMetricsCollection,
  EnableMetricsCollection: enableMetricsCollection,
  DeleteLaunchConfiguration: deleteLaunchConfiguration,
  CreateLaunchConfiguration: createLaunchConfiguration,
  BatchPutScheduledUpdateGroupAction: batchPutScheduledUpdateGroupAction,
  BatchDeleteScheduledAction: batchDeleteScheduledAction,
  AttachInstances: attachInstances,
  AttachLoadBalancerTargetGroups: attachLoadBalancerTargetGroups,
  AttachTrafficSources: attachTrafficSources,
  CompleteLifecycleAction: completeLifecycleAction,
  CreateAutoScalingGroup: createAutoScalingGroup,
  CreateOrUpdateTags: createOrUpdateTags,
  DeleteAutoScalingGroup: deleteAutoScalingGroup,
  DeleteLifecycleHook: deleteLifecycleHook,
  DeletePolicy: deletePolicy,
  DeleteScheduledAction: deleteScheduledAction,
  DeleteTags: deleteTags,
  DescribeAccountLimits: describeAccountLimits,
  DescribeAutoScalingGroups: describeAutoScalingGroups,
  DescribeAutoScalingInstances: describeAutoScalingInstances,
  DescribeInstanceRefreshes: describeInstanceRefreshes,
  DescribeLaunchConfigurations: describeLaunchConfigurations,
  DescribeLifecycleHooks: describeLifecycleHooks,
  DescribeLoadBalancerTargetGroups: describeLoadBalancerTargetGroups,
  DescribePolicies: describePolicies,
  DescribeScalingActivities: describeScalingActivities,
  DescribeScalingProcessTypes: describeScalingProcessTypes,
  DescribeScheduledActions: describeScheduledActions,
  DescribeTags: describeTags,
  DescribeTerminationPolicyTypes: describeTerminationPolicyTypes,
  DescribeTrafficSources: describeTrafficSources,
  DescribeWarmPool: describeWarmPool,
  DetachInstances: detachInstances,
  DetachLoadBalancerTargetGroups: detachLoadBalancerTargetGroups,
  DetachTrafficSources: detachTrafficSources,
  EnterStandby: enterStandby,
  ExitStandby: exitStandby,
  PutLifecycleHook: putLifecycleHook,
  PutScalingPolicy: putScalingPolicy,
  PutScheduledUpdateGroupAction: putScheduledUpdateGroupAction,
  RecordLifecycleActionHeartbeat: recordLifecycleActionHeartbeat,
  ResumeProcesses: resumeProcesses,
  SetDesiredCapacity: setDesiredCapacity,
  SetInstanceHealth: setInstanceHealth,
  SetInstanceProtection: setInstanceProtection,
  SuspendProcesses: suspendProcesses,
  TerminateInstanceInAutoScalingGroup: terminateInstanceInAutoScalingGroup,
  UpdateAutoScalingGroup: updateAutoScalingGroup,
};
