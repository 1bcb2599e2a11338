import { DescribeLaunchTemplatesCommand } from '@aws-sdk/client-ec2';
import { DirectrixError } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';

/** The numbers that `$Latest` and `$Default` mean now. */
export async function describeLaunchTemplate(
  clients: AwsClients,
  launchTemplateId: string,
): Promise<{ readonly latestVersion: string; readonly defaultVersion: string }> {
  const answer = await clients.ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [launchTemplateId] }));
  const template = answer.LaunchTemplates?.[0];
  if (template === undefined)
    throw new DirectrixError('LAUNCH_TEMPLATE_NOT_FOUND', `The launch template ${launchTemplateId} does not exist.`, {
      kind: 'missing',
      source: 'ec2:DescribeLaunchTemplates',
      hint: 'give the group a launch template that exists',
    });
  return {
    latestVersion: String(template.LatestVersionNumber ?? ''),
    defaultVersion: String(template.DefaultVersionNumber ?? ''),
  };
}
