import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this machine keeps journals and evidence of a group: `${XDG_STATE_HOME:-~/.local/state}/directrix/<group>`. */
export function stateDirectoryOf(groupName: string, env: Readonly<Record<string, string | undefined>>): string {
  const state = env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state');
  // A group may be called `../x`.
  return join(
    state,
    'directrix',
    encodeURIComponent(groupName).replace(/^\.+$/, (dots) => '%2E'.repeat(dots.length)),
  );
}
