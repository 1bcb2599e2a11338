import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this machine keeps journals and evidence of a group: `${XDG_STATE_HOME:-~/.local/state}/directrix/<group>`. */
export function stateDirectoryOf(groupName: string, env: Readonly<Record<string, string | undefined>>): string {
  // A group may be called `../x`.
  return join(
    stateRoot(env),
    encodeURIComponent(groupName).replace(/^\.+$/, (dots) => '%2E'.repeat(dots.length)),
  );
}

/** Where this machine keeps what its bakes have made so far, and their logs. No group's directory has a + in its name. */
export function bakesDirectoryOf(env: Readonly<Record<string, string | undefined>>): string {
  return join(stateRoot(env), '+bakes');
}

function stateRoot(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'directrix');
}
