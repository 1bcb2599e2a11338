import type { AddressSet } from '../address.js';

/** What lies outside: a public host, a service, or an address that nothing here has. */
export interface External {
  readonly addresses: AddressSet;
  readonly cidr: string;
  readonly isUnnamed: boolean;
  readonly awsServiceName?: string;
  readonly text: string;
}
