// Return loans: what a rollout whose record is lost has lent of its group, given back by the group's tag alone.
import { ResumeProcessesCommand, UpdateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { DeleteLaunchTemplateVersionsCommand } from '@aws-sdk/client-ec2';
import { launchTemplateOf } from '@directrix/preflight';
import type { LoanReturn } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { describeGroup, describeGroups, namingVersion } from '../observe/group.js';

/** Whether no other group names the version, by its number or as `$Latest`, or has an instance of it. */
export async function isVersionFree(
  clients: AwsClients,
  groupName: string,
  launchTemplateId: string,
  version: string,
): Promise<boolean> {
  const others = (await describeGroups(clients)).filter(
    ({ AutoScalingGroupName }) => AutoScalingGroupName !== groupName,
  );
  const names = [version, '$Latest'];
  return !others.some((group) =>
    [
      group.LaunchTemplate,
      group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification,
      ...(group.MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? []).map((one) => one.LaunchTemplateSpecification),
      ...(group.Instances ?? []).map(({ LaunchTemplate }) => LaunchTemplate),
    ].some((named) => named?.LaunchTemplateId === launchTemplateId && names.includes(named.Version ?? '$Default')),
  );
}

/** Throws what AWS refuses. */
export async function returnLoan(clients: AwsClients, groupName: string, loan: LoanReturn): Promise<void> {
  const AutoScalingGroupName = groupName;
  switch (loan.kind) {
    case 'resumeProcesses':
      await clients.autoScaling.send(
        new ResumeProcessesCommand({ AutoScalingGroupName, ScalingProcesses: [...loan.processes] }),
      );
      return;
    case 'setSize': {
      const size = loan.name === 'minSize' ? { MinSize: loan.to } : { MaxSize: loan.to };
      await clients.autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, ...size }));
      return;
    }
    case 'deleteVersion': {
      const LaunchTemplateId = launchTemplateOf(await describeGroup(clients, groupName))?.LaunchTemplateId;
      await clients.ec2.send(new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: [loan.version] }));
      return;
    }
    case 'pin': {
      const group = await describeGroup(clients, groupName);
      const id = launchTemplateOf(group)?.LaunchTemplateId ?? '';
      await clients.autoScaling.send(
        new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, ...namingVersion(group, id, loan.to) }),
      );
      return;
    }
    case 'sizeStays':
    case 'pinStays':
      return;
  }
}
