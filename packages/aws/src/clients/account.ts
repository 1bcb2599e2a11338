// account: whose account is asked, and where: the region and the credentials, as the AWS CLI finds them.
//
//   1. What was said outright (`--profile`, `--region`) comes before the environment, and that before the profile.
//   2. A variable that is set to nothing is not set.
//   3. What is missing or unknown is told with the places that were looked at.
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { DirectrixError, shell } from '@directrix/rollout';
import { loadSharedConfigFiles } from '@smithy/core/config';

/** What the operator chose: `--profile` and `--region`. */
export interface AccountChoice {
  readonly profile?: string;
  readonly region?: string;
}

export interface AccountPorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Asks a person for the code that the MFA device of this serial number shows; rejects when none is typed. Absent: nobody is there. */
  readonly askMfaCode?: (serialNumber: string) => Promise<string>;
}

/** What createAwsClients takes of it. */
export interface Account {
  /** Rejects with REGION_MISSING or PROFILE_UNKNOWN. */
  readonly region: () => Promise<string>;
  /** Rejects with PROFILE_UNKNOWN, MFA_REQUIRED, or what the SDK says. */
  readonly credentials: ReturnType<typeof defaultProvider>;
}

/** Reads nothing until it is asked. */
export function chooseAccount(choice: AccountChoice, ports: AccountPorts): Account {
  const named = choice.profile ?? ports.env.AWS_PROFILE;
  const profile = named === '' ? undefined : named;
  const files = { filepath: ports.env.AWS_SHARED_CREDENTIALS_FILE, configFilepath: ports.env.AWS_CONFIG_FILE };
  let profiles: Promise<Profiles> | undefined;
  const readProfile = () => {
    profiles ??= loadProfiles(files);
    return profiles.then((all) => requireProfile(all, profile, choice));
  };
  let isMfaAsked = false;
  const fromChain = defaultProvider({
    ...files,
    ...(profile === undefined ? {} : { profile }),
    mfaCodeProvider: (serialNumber) => {
      isMfaAsked = true;
      if (ports.askMfaCode === undefined) return refuseMfa(serialNumber, profile, 'there is no terminal to ask for it');
      return ports
        .askMfaCode(serialNumber)
        .catch((cause: unknown) => refuseMfa(serialNumber, profile, 'none was typed', cause));
    },
  });
  return {
    region: async () => {
      const said = choice.region ?? firstSet(ports.env.AWS_REGION, ports.env.AWS_DEFAULT_REGION);
      const settings = await readProfile();
      return said ?? settings.region ?? refuseRegion(profile, ports);
    },
    async credentials(options) {
      await readProfile();
      const identity = await fromChain(options);
      return isMfaAsked ? markMfa(identity) : identity;
    },
  };
}

/** Among the SDK's feature ids of who gave credentials: a person typed the code of an MFA device for them. */
export const mfaSource = 'DIRECTRIX_MFA';

function markMfa<Identity extends object>(identity: Identity): Identity {
  const { $source = {} } = identity as { readonly $source?: object };
  return { ...identity, $source: { ...$source, [mfaSource]: true } };
}

type Profiles = ReadonlyMap<string, Readonly<Record<string, string | undefined>>>;

async function loadProfiles(files: Parameters<typeof loadSharedConfigFiles>[0]): Promise<Profiles> {
  const { configFile, credentialsFile } = await loadSharedConfigFiles(files);
  const names = new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)]);
  return new Map([...names].map((name) => [name, { ...credentialsFile[name], ...configFile[name] }]));
}

function requireProfile(
  profiles: Profiles,
  profile: string | undefined,
  choice: AccountChoice,
): Readonly<Record<string, string | undefined>> {
  const settings = profiles.get(profile ?? 'default');
  if (settings !== undefined || profile === undefined) return settings ?? {};
  const names = [...profiles.keys()];
  throw new DirectrixError('PROFILE_UNKNOWN', `There is no profile ${profile} in the AWS configuration.`, {
    kind: 'credentials',
    source: choice.profile === undefined ? 'AWS_PROFILE' : '--profile',
    hint:
      names.length === 0
        ? 'neither ~/.aws/config nor ~/.aws/credentials has a profile: aws configure makes one'
        : `there are ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`,
  });
}

function firstSet(...values: readonly (string | undefined)[]): string | undefined {
  return values.map((value) => value?.trim()).find((value) => value !== undefined && value !== '');
}

function refuseRegion(profile: string | undefined, { env }: AccountPorts): never {
  const empty = ['AWS_REGION', 'AWS_DEFAULT_REGION'].filter((name) => env[name] !== undefined);
  const looked = `${empty.length === 0 ? 'AWS_REGION and AWS_DEFAULT_REGION are not set' : `${empty.join(' and ')} ${empty.length === 1 ? 'is' : 'are'} empty`}, and the profile ${profile ?? 'default'} names none`;
  throw new DirectrixError('REGION_MISSING', `No AWS region is set: ${looked}.`, {
    kind: 'invalid',
    source: 'environment',
    hint: 'add --region, or set AWS_REGION',
  });
}

async function refuseMfa(
  serialNumber: string,
  profile: string | undefined,
  why: string,
  cause?: unknown,
): Promise<never> {
  const name = profile ?? 'default';
  throw new DirectrixError(
    'MFA_REQUIRED',
    `The profile ${name} asks for a code of the MFA device ${serialNumber}, and ${why}.`,
    {
      cause,
      kind: 'credentials',
      source: `profile ${name}`,
      hint: shell`run it in a terminal, or export credentials first: eval "$(aws configure export-credentials --profile ${name} --format env)"`,
    },
  );
}
