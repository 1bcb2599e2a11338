// guest: loaded before the application in every Node process of an instance (NODE_OPTIONS=--import), worker threads included.
//
// It replaces what this machine would tell the application about names, addresses and connections by what the instance's network
// says, and ties the process's life to the lab's. It has no dependency, and lets nothing keep the process alive that would not
// have kept it alive on an instance.
import { syncBuiltinESMExports } from 'node:module';
import { openControlChannel } from './control-channel.js';
import { installHost } from './host.js';
import { installNames } from './names.js';
import { GUEST_IDENTITY, readIdentity } from './protocol.js';
import { installTcp } from './tcp.js';
import { installUdp } from './udp.js';

const text = process.env[GUEST_IDENTITY];
if (text === undefined) {
  // Going on would put the process on this machine's own network.
  throw new Error(`${GUEST_IDENTITY} is missing: a process of a lab's instance must pass its whole environment on.`);
}
const identity = readIdentity(text);
const channel = openControlChannel(identity);
installTcp(channel, identity);
installUdp();
installNames(channel, identity);
installHost(identity);
syncBuiltinESMExports();
