import { delimiter, dirname } from 'node:path';
import type { GuestIdentity } from './guest/protocol.js';
import { GUEST_IDENTITY } from './guest/protocol.js';
import type { ServiceDescription } from './image.js';

export interface EnvironmentOptions {
  readonly service: ServiceDescription;
  readonly identity: GuestIdentity;
  readonly guestUrl: string;
  readonly homeDirectory: string;
  readonly certificateFile: string;
}

/**
 * The environment of a service's process: what a fresh instance has, what the image says, and the guest. Nothing of the operator's
 * own environment comes along, so no credentials of theirs can make an application work that would not work on AWS.
 */
export function buildEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { service, identity, guestUrl, homeDirectory, certificateFile } = options;
  const ownNodeOptions = service.env.NODE_OPTIONS;
  const loadGuest = `--import=${guestUrl}`;
  return {
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    HOME: homeDirectory,
    TMPDIR: homeDirectory,
    LANG: 'C.UTF-8',
    HOSTNAME: identity.hostName,
    NODE_EXTRA_CA_CERTS: certificateFile,
    ...service.env,
    NODE_OPTIONS: ownNodeOptions === undefined ? loadGuest : `${loadGuest} ${ownNodeOptions}`,
    [GUEST_IDENTITY]: JSON.stringify(identity),
  };
}
