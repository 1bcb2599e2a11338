// The dashboard beside the replay: `npm start -- --watch`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { command } from './directrix.js';

interface ShownDashboard {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts `directrix dashboard`. It asks nothing of AWS: each act has a lab of its own, and the journals are of all. */
export async function showDashboard(stateHome: string): Promise<ShownDashboard> {
  const child = spawn(process.execPath, [command, 'dashboard', '--offline'], {
    env: { ...process.env, XDG_STATE_HOME: stateHome, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
    // Ctrl-C at the terminal ends it through us.
    detached: true,
  });
  const lines = createInterface({ input: child.stdout! });
  const exited = once(child, 'exit');
  const first = await Promise.race([once(lines, 'line'), exited]);
  if (typeof first[0] !== 'string') throw new Error('directrix dashboard did not start; npm run build makes its page');
  return {
    url: first[0],
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
