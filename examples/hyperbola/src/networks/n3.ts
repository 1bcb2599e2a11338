import { n2 } from './n2.js';
import type { Network } from './network.js';

/**
 * 01:19. Private DNS is on: the backend reaches SSM. But the name now means the endpoint in the whole VPC, and the builder in the
 * public subnet, which had gone through the internet gateway, is not admitted by it.
 */
export const n3: Network = {
  ...n2,
  name: 'N3',
  description: 'private DNS is on: the backend reaches SSM, and the builder no longer does',
  endpoint: { ...n2.endpoint, privateDnsEnabled: true },
};
