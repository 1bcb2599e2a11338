// aws regions: the names of AWS's regions.
//
// Sources: botocore 1.43.107 (Apache-2.0), data/endpoints.json, partition `aws`; which of them an account has to opt in to: the EC2 user
// guide, "Available Regions".
import { DEFAULT_REGION } from './state.js';

/** Enabled in every account. */
const ENABLED = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
] as const;

/** An account opts in to them. The lab's account has. */
const OPT_IN = [
  'af-south-1',
  'ap-east-1',
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-1',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'mx-central-1',
] as const;

interface AwsRegion {
  readonly name: string;
  readonly optInStatus: 'opt-in-not-required' | 'opted-in';
}

/** Every region of AWS, and `home`, which may be called as its operator likes. */
export function awsRegions(home: string = DEFAULT_REGION): readonly AwsRegion[] {
  const known: AwsRegion[] = [
    ...ENABLED.map((name) => ({ name, optInStatus: 'opt-in-not-required' }) as const),
    ...OPT_IN.map((name) => ({ name, optInStatus: 'opted-in' }) as const),
  ];
  return known.some(({ name }) => name === home)
    ? known
    : [{ name: home, optInStatus: 'opt-in-not-required' }, ...known];
}
