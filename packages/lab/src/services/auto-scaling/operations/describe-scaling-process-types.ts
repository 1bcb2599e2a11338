import type { ProcessesType } from '@aws-sdk/client-auto-scaling';
import { PROCESSES } from '../group.js';

export function describeScalingProcessTypes(): ProcessesType {
  return { Processes: PROCESSES.map((ProcessName) => ({ ProcessName })) };
}
