// The chapters of the story: what each network of that night is expected to bring. N4 is what N3 does to the builder.
import type { NetworkName } from '../site-stack.js';

export interface Chapter {
  readonly network: NetworkName;
  /** What was done that night. */
  readonly title: string;
  /** The release that is deployed then. */
  readonly version: string;
  /** The errors that preflight finds, sorted; the deployment is refused when there is one. */
  readonly errors: readonly string[];
  /** Warnings about whoever builds images. */
  readonly builderWarnings: readonly string[];
  /** After a deployment: whether the builder in the public subnet reaches Parameter Store, so that the next image can be built. */
  readonly canBake: boolean;
}

export const chapters: readonly Chapter[] = [
  {
    network: 'N1',
    title: '00:04  the endpoint is built, with the group of the instances themselves',
    version: '0.149.2',
    errors: ['DNS_PRIVATE_DISABLED', 'ENI_SG_RULES_MISMATCH', 'SG_SHARED_NO_SELF_RULE'],
    builderWarnings: ['BYSTANDER_BROKEN'],
    canBake: true,
  },
  {
    network: 'N2',
    title: '01:08  the endpoint gets a group of its own',
    version: '0.149.2',
    errors: ['DNS_PRIVATE_DISABLED'],
    builderWarnings: ['BYSTANDER_BROKEN'],
    canBake: true,
  },
  {
    network: 'N3',
    title: '01:19  private DNS is switched on',
    version: '0.149.2',
    errors: [],
    builderWarnings: ['ENI_SG_RULES_MISMATCH'],
    canBake: false,
  },
  {
    network: 'N5',
    title: '18:48  a management segment owns the endpoint',
    version: '0.149.4',
    errors: [],
    builderWarnings: [],
    canBake: true,
  },
];
