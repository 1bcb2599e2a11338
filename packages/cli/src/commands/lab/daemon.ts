// daemon: a lab in the background. Its argument is what startDaemon wrote; it tells its parent how the start went.
//
//   A1. Until the parent says `keep`, the lab ends with its parent: an `up` that is killed half-way leaves nothing.
//   A2. SIGTERM, SIGINT and `lab down` end it, with every process and socket of it.
import { describeFailure } from '../../failure.js';
import { hostLab, hostOptions } from './hosted-lab.js';
import type { DaemonMessage } from './start-daemon.js';

function tell(message: DaemonMessage): void {
  if (process.connected) process.send?.(message);
}

try {
  const lab = await hostLab(hostOptions.parse(JSON.parse(process.argv[2] ?? '{}')));
  const end = () => void lab.close();
  process.on('SIGTERM', end).on('SIGINT', end);
  process.once('message', () => process.off('disconnect', end)).once('disconnect', end);
  if (!process.connected) end();
  tell({ kind: 'ready', document: lab.document });
  await lab.closed;
  process.exit(0);
} catch (error) {
  console.error(error);
  tell({ kind: 'failed', failure: describeFailure(error) });
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}
