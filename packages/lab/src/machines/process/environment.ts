import { delimiter, dirname } from 'node:path';
import type { GuestIdentity } from './guest/protocol.js';
import { GUEST_IDENTITY } from './guest/protocol.js';
import type { ServiceDescription } from './image.js';

interface HostEnvironmentOptions {
  readonly service: ServiceDescription;
  readonly homeDirectory: string;
  /** Where the machine's own programs are: before everything else on the PATH. */
  readonly programsDirectory: string;
}

interface EnvironmentOptions extends HostEnvironmentOptions {
  readonly identity: GuestIdentity;
  readonly guestUrl: string;
  readonly certificateFile: string;
  /** DIRECTRIX_CLOCK: lab time is this machine's time, for a program that asks. */
  readonly clockSetting: string | undefined;
}

const NOWHERE = '/dev/null';

/**
 * What keeps a program on this machine's own network away from this machine's AWS identity: no file of credentials, no metadata
 * service. Nothing of the lab's either: a program that is not on the lab's network is not an instance of it.
 */
const WITHOUT_IDENTITY = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:9',
  AWS_CONFIG_FILE: NOWHERE,
  AWS_SHARED_CREDENTIALS_FILE: NOWHERE,
  GOOGLE_APPLICATION_CREDENTIALS: NOWHERE,
};

/** The environment of a service that runs on this machine's own network. */
export function buildHostEnvironment(options: HostEnvironmentOptions): Record<string, string> {
  const { service } = options;
  return { ...freshEnvironment(options), HOSTNAME: 'localhost', ...service.env, ...WITHOUT_IDENTITY };
}

function freshEnvironment({ homeDirectory, programsDirectory }: HostEnvironmentOptions): Record<string, string> {
  return {
    PATH: [programsDirectory, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    HOME: homeDirectory,
    TMPDIR: homeDirectory,
    LANG: 'C.UTF-8',
  };
}

/**
 * The environment of a service's process: what a fresh instance has, what the image says, and the guest. Nothing of the operator's
 * own environment comes along, so no credentials of theirs can make an application work that would not work on AWS.
 */
export function buildEnvironment(options: EnvironmentOptions): Record<string, string> {
  const { service, identity, guestUrl, certificateFile, clockSetting } = options;
  const ownNodeOptions = service.env.NODE_OPTIONS;
  const loadGuest = `--import=${guestUrl}`;
  return {
    ...freshEnvironment(options),
    ...(clockSetting === undefined ? {} : { DIRECTRIX_CLOCK: clockSetting }),
    HOSTNAME: identity.hostName,
    NODE_EXTRA_CA_CERTS: certificateFile,
    ...service.env,
    NODE_OPTIONS: ownNodeOptions === undefined ? loadGuest : `${loadGuest} ${ownNodeOptions}`,
    [GUEST_IDENTITY]: JSON.stringify(identity),
  };
}
