import { GetConsoleOutputCommand } from '@aws-sdk/client-ec2';
import type { AwsClients } from '../clients/aws-clients.js';
import { awsCodeOf } from '../clients/aws-failure.js';

/** What the instance wrote to its console: the newest where the instance type can tell, else what EC2 kept. */
export async function getConsoleOutput(clients: AwsClients, instanceId: string): Promise<string> {
  const get = async (latest: boolean) => {
    const answer = await clients.ec2.send(
      new GetConsoleOutputCommand({ InstanceId: instanceId, ...(latest ? { Latest: true } : {}) }),
    );
    return Buffer.from(answer.Output ?? '', 'base64').toString('utf8');
  };
  try {
    return await get(true);
  } catch (error) {
    // Only Nitro instances have the latest output.
    if (!/^(UnsupportedOperation|InvalidParameter)/.test(awsCodeOf(error) ?? '')) throw error;
    return get(false);
  }
}
