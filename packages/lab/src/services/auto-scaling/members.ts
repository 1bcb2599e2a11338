import type { MemberTable } from '../../protocols/check-members.js';

/** What each operation of Auto Scaling acts on. A member that is not here is refused by name. */
export const autoScalingMembers: MemberTable = {
  AttachInstances: { acts: 'AutoScalingGroupName InstanceIds' },
  AttachLoadBalancerTargetGroups: { acts: 'AutoScalingGroupName TargetGroupARNs' },
  AttachTrafficSources: { acts: 'AutoScalingGroupName TrafficSources', noEffect: 'SkipZonalShiftValidation' },
  BatchDeleteScheduledAction: { acts: 'AutoScalingGroupName ScheduledActionNames' },
  BatchPutScheduledUpdateGroupAction: { acts: 'AutoScalingGroupName ScheduledUpdateGroupActions' },
  CompleteLifecycleAction: {
    acts: 'LifecycleHookName AutoScalingGroupName LifecycleActionResult LifecycleActionToken InstanceId',
  },
  CreateAutoScalingGroup: {
    acts: 'AutoScalingGroupName MinSize MaxSize LaunchConfigurationName LaunchTemplate MixedInstancesPolicy InstanceId DesiredCapacity DefaultCooldown AvailabilityZones TargetGroupARNs HealthCheckType HealthCheckGracePeriod VPCZoneIdentifier TerminationPolicies NewInstancesProtectedFromScaleIn LifecycleHookSpecificationList Tags MaxInstanceLifetime Context DefaultInstanceWarmup TrafficSources InstanceMaintenancePolicy',
    noEffect: 'SkipZonalShiftValidation',
  },
  CreateLaunchConfiguration: {
    acts: 'LaunchConfigurationName ImageId KeyName SecurityGroups UserData InstanceId InstanceType BlockDeviceMappings InstanceMonitoring SpotPrice IamInstanceProfile EbsOptimized AssociatePublicIpAddress PlacementTenancy MetadataOptions',
  },
  CreateOrUpdateTags: { acts: 'Tags' },
  DeleteAutoScalingGroup: { acts: 'AutoScalingGroupName ForceDelete' },
  DeleteLaunchConfiguration: { acts: 'LaunchConfigurationName' },
  DeleteLifecycleHook: { acts: 'LifecycleHookName AutoScalingGroupName' },
  DeletePolicy: { acts: 'PolicyName AutoScalingGroupName' },
  DeleteScheduledAction: { acts: 'AutoScalingGroupName ScheduledActionName' },
  DeleteTags: { acts: 'Tags' },
  DescribeAccountLimits: { acts: '' },
  DescribeAdjustmentTypes: { acts: '' },
  DescribeAutoScalingGroups: {
    acts: 'AutoScalingGroupNames IncludeInstances NextToken MaxRecords Filters',
    noEffect: 'IncludeManagedResources',
  },
  DescribeAutoScalingInstances: { acts: 'InstanceIds MaxRecords NextToken', noEffect: 'IncludeManagedResources' },
  DescribeAutoScalingNotificationTypes: { acts: '' },
  DescribeInstanceRefreshes: { acts: 'AutoScalingGroupName', noEffect: 'NextToken MaxRecords' },
  DescribeLaunchConfigurations: { acts: 'LaunchConfigurationNames NextToken MaxRecords' },
  DescribeLifecycleHookTypes: { acts: '' },
  DescribeLifecycleHooks: { acts: 'AutoScalingGroupName LifecycleHookNames' },
  DescribeLoadBalancerTargetGroups: { acts: 'AutoScalingGroupName NextToken MaxRecords' },
  DescribeMetricCollectionTypes: { acts: '' },
  DescribePolicies: {
    acts: 'AutoScalingGroupName PolicyNames PolicyTypes NextToken MaxRecords',
    noEffect: 'IncludeManagedResources',
  },
  DescribeScalingActivities: {
    acts: 'ActivityIds AutoScalingGroupName IncludeDeletedGroups MaxRecords NextToken',
    noEffect: 'IncludeManagedResources',
  },
  DescribeScalingProcessTypes: { acts: '' },
  DescribeScheduledActions: {
    acts: 'AutoScalingGroupName ScheduledActionNames StartTime EndTime NextToken MaxRecords',
    noEffect: 'IncludeManagedResources',
  },
  DescribeTags: { acts: 'Filters NextToken MaxRecords', noEffect: 'IncludeManagedResources' },
  DescribeTerminationPolicyTypes: { acts: '' },
  DescribeTrafficSources: { acts: 'AutoScalingGroupName TrafficSourceType NextToken MaxRecords' },
  DescribeWarmPool: { acts: 'AutoScalingGroupName', noEffect: 'NextToken MaxRecords' },
  DetachInstances: { acts: 'AutoScalingGroupName ShouldDecrementDesiredCapacity InstanceIds' },
  DetachLoadBalancerTargetGroups: { acts: 'AutoScalingGroupName TargetGroupARNs' },
  DetachTrafficSources: { acts: 'AutoScalingGroupName TrafficSources' },
  DisableMetricsCollection: { acts: 'AutoScalingGroupName Metrics' },
  EnableMetricsCollection: { acts: 'AutoScalingGroupName Granularity Metrics' },
  EnterStandby: { acts: 'AutoScalingGroupName ShouldDecrementDesiredCapacity InstanceIds' },
  ExecutePolicy: { acts: 'PolicyName AutoScalingGroupName HonorCooldown MetricValue BreachThreshold' },
  ExitStandby: { acts: 'AutoScalingGroupName InstanceIds' },
  PutLifecycleHook: {
    acts: 'LifecycleHookName AutoScalingGroupName LifecycleTransition RoleARN NotificationTargetARN NotificationMetadata HeartbeatTimeout DefaultResult',
  },
  PutScalingPolicy: {
    acts: 'AutoScalingGroupName PolicyName PolicyType AdjustmentType ScalingAdjustment StepAdjustments TargetTrackingConfiguration Enabled MinAdjustmentStep MinAdjustmentMagnitude Cooldown MetricAggregationType EstimatedInstanceWarmup PredictiveScalingConfiguration',
  },
  PutScheduledUpdateGroupAction: {
    acts: 'AutoScalingGroupName ScheduledActionName Time StartTime EndTime Recurrence MinSize MaxSize DesiredCapacity TimeZone',
  },
  RecordLifecycleActionHeartbeat: { acts: 'LifecycleHookName AutoScalingGroupName LifecycleActionToken InstanceId' },
  ResumeProcesses: { acts: 'AutoScalingGroupName ScalingProcesses' },
  SetDesiredCapacity: { acts: 'AutoScalingGroupName DesiredCapacity HonorCooldown' },
  SetInstanceHealth: { acts: 'InstanceId HealthStatus ShouldRespectGracePeriod' },
  SetInstanceProtection: { acts: 'InstanceIds AutoScalingGroupName ProtectedFromScaleIn' },
  SuspendProcesses: { acts: 'AutoScalingGroupName ScalingProcesses' },
  TerminateInstanceInAutoScalingGroup: {
    acts: 'ShouldDecrementDesiredCapacity InstanceId InstanceIds AutoScalingGroupName',
  },
  UpdateAutoScalingGroup: {
    acts: 'AutoScalingGroupName LaunchConfigurationName LaunchTemplate MixedInstancesPolicy MinSize MaxSize DesiredCapacity DefaultCooldown AvailabilityZones HealthCheckType HealthCheckGracePeriod VPCZoneIdentifier TerminationPolicies NewInstancesProtectedFromScaleIn MaxInstanceLifetime Context DefaultInstanceWarmup InstanceMaintenancePolicy',
    noEffect: 'SkipZonalShiftValidation',
  },
};
