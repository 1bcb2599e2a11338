import { AwsError } from '../../control-plane/aws-error.js';
import { PROCESSES, type ProcessName } from './group.js';

/** None named means all. Throws ValidationError for a name that is no process. */
export function requireProcesses(names: readonly string[] | undefined): readonly ProcessName[] {
  if (!names || names.length === 0) return PROCESSES;
  return names.map((name) => {
    const process = PROCESSES.find((known) => known === name);
    if (process) return process;
    throw new AwsError('ValidationError', `Invalid process name: ${name}. Valid names are [${PROCESSES.join(', ')}]`);
  });
}
