import type { GetConsoleOutputRequest, GetConsoleOutputResult } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { requireInstances } from '../instances.js';
import { required } from '../refusals.js';

/** Base64, as AWS answers. Output is there at once, with or without Latest. */
export function getConsoleOutput(input: GetConsoleOutputRequest, context: OperationContext): GetConsoleOutputResult {
  const instanceId = required(input.InstanceId, 'instanceId');
  const [record] = requireInstances([instanceId], context);
  const { console = '', consoleUpdatedAt, instance } = record!;
  const updatedAt = consoleUpdatedAt === undefined ? instance.LaunchTime : new Date(consoleUpdatedAt);
  return { InstanceId: instanceId, Output: Buffer.from(console, 'utf8').toString('base64'), Timestamp: updatedAt };
}
