import type {
  CreateTargetGroupInput,
  CreateTargetGroupOutput,
  TargetGroup,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';
import { notEmulated } from '../../../control-plane/not-emulated.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { newTargetGroupArn } from '../arn.js';
import { addTagsTo } from '../tags.js';
import {
  checkHealthCheckSettings,
  DEFAULT_HEALTH_CHECK,
  defaultTargetGroupAttributes,
} from '../target-group-settings.js';

/** Instance and ip targets over HTTP. The same name with the same settings answers the group that exists. */
export function createTargetGroup(input: CreateTargetGroupInput, context: OperationContext): CreateTargetGroupOutput {
  const { elbv2 } = context.state;
  const settings = settingsOf(input);
  checkSettings(settings, context);
  const existing = [...elbv2.targetGroups.values()].find((other) => other.targetGroup.TargetGroupName === input.Name);
  if (existing) {
    if (isSame(settings, existing.targetGroup)) return { TargetGroups: [{ ...existing.targetGroup }] };
    throw new AwsError(
      'DuplicateTargetGroupName',
      `A target group with the same name '${input.Name}' exists, but with different settings`,
    );
  }
  const arn = newTargetGroupArn(context, input.Name!);
  const targetGroup: TargetGroup = { TargetGroupArn: arn, ...settings, LoadBalancerArns: [] };
  elbv2.targetGroups.set(arn, { targetGroup, attributes: defaultTargetGroupAttributes(), targets: new Map() });
  addTagsTo(elbv2, arn, input.Tags);
  return { TargetGroups: [{ ...targetGroup }] };
}

function settingsOf(input: CreateTargetGroupInput): TargetGroup {
  return {
    TargetGroupName: input.Name,
    Protocol: input.Protocol,
    ProtocolVersion: input.ProtocolVersion ?? 'HTTP1',
    Port: input.Port,
    VpcId: input.VpcId,
    TargetType: input.TargetType ?? 'instance',
    IpAddressType: input.IpAddressType ?? 'ipv4',
    HealthCheckEnabled: input.HealthCheckEnabled ?? true,
    HealthCheckProtocol: input.HealthCheckProtocol ?? DEFAULT_HEALTH_CHECK.HealthCheckProtocol,
    HealthCheckPort: input.HealthCheckPort ?? DEFAULT_HEALTH_CHECK.HealthCheckPort,
    HealthCheckPath: input.HealthCheckPath ?? DEFAULT_HEALTH_CHECK.HealthCheckPath,
    HealthCheckIntervalSeconds: input.HealthCheckIntervalSeconds ?? DEFAULT_HEALTH_CHECK.HealthCheckIntervalSeconds,
    HealthCheckTimeoutSeconds: input.HealthCheckTimeoutSeconds ?? DEFAULT_HEALTH_CHECK.HealthCheckTimeoutSeconds,
    HealthyThresholdCount: input.HealthyThresholdCount ?? DEFAULT_HEALTH_CHECK.HealthyThresholdCount,
    UnhealthyThresholdCount: input.UnhealthyThresholdCount ?? DEFAULT_HEALTH_CHECK.UnhealthyThresholdCount,
    Matcher: { HttpCode: input.Matcher?.HttpCode ?? DEFAULT_HEALTH_CHECK.Matcher.HttpCode },
  };
}

function checkSettings(settings: TargetGroup, context: OperationContext): void {
  const { TargetGroupName: name = '', Protocol: protocol, Port: port, TargetType: type, VpcId: vpcId } = settings;
  checkName(name);
  if (type !== 'instance' && type !== 'ip') {
    throw notEmulated(`the target type '${type}'`);
  }
  if (protocol !== 'HTTP' && protocol !== 'HTTPS') {
    if (protocol === undefined) throw new AwsError('ValidationError', 'A protocol must be specified');
    throw notEmulated(`the target group protocol '${protocol}'`);
  }
  if (port === undefined || port < 1 || port > 65_535)
    throw new AwsError('ValidationError', 'A port must be specified');
  if (vpcId === undefined) throw new AwsError('ValidationError', 'A VPC ID must be specified');
  if (!context.state.ec2.vpcs.has(vpcId)) throw new AwsError('ValidationError', `The VPC ID '${vpcId}' is not found`);
  checkHealthCheckSettings(settings);
}

function isSame(settings: TargetGroup, existing: TargetGroup): boolean {
  const keys = Object.keys(settings) as (keyof TargetGroup)[];
  return keys.every((key) => JSON.stringify(settings[key]) === JSON.stringify(existing[key]));
}

function checkName(name: string): void {
  if (name.length > 32)
    throw new AwsError('ValidationError', `Target group name '${name}' cannot be longer than '32' characters`);
  if (name === '' || !/^[A-Za-z0-9-]+$/.test(name))
    throw new AwsError(
      'ValidationError',
      `Target group name '${name}' can only contain characters that are alphanumeric characters or hyphens(-)`,
    );
  if (name.startsWith('-') || name.endsWith('-'))
    throw new AwsError('ValidationError', `Target group name '${name}' cannot begin or end with '-'`);
}
