// The agent of an instance of the site, as `directrix-agent` with this configuration. The argument is the release.
import { homedir, setPriority } from 'node:os';
import { join } from 'node:path';
import { logGroupName } from '../site/log-group.js';

const [release = 'unknown'] = process.argv.slice(2);
// The site's own processes go first, also while this one starts.
setPriority(10);
const { main } = await import('@directrix/agent');
process.exitCode = await main([
  ...['--group', logGroupName, '--release', release, '--retention-days', '30', '--flush-seconds', '5'],
  // The lab gives its machines a home and no root, so what systemd would make below /var and /run is there.
  ...['--state-directory', join(homedir(), 'agent'), '--socket', join(homedir(), 'agent.sock')],
]);
