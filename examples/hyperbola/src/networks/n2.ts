import { n1 } from './n1.js';
import { fromGroup, type Network, tcp, toGroup } from './network.js';

/** 01:08. The endpoint has a security group of its own, and the backend may go out to it. One fault is left: private DNS. */
export const n2: Network = {
  ...n1,
  name: 'N2',
  description: 'the endpoint has its own security group; private DNS is still off',
  securityGroups: {
    ...n1.securityGroups,
    backend: {
      ...n1.securityGroups.backend!,
      egress: [...n1.securityGroups.backend!.egress, tcp(443, toGroup('ssm-endpoint'))],
    },
    'ssm-endpoint': { description: 'The endpoint of SSM', ingress: [tcp(443, fromGroup('backend'))], egress: [] },
  },
  endpoint: { ...n1.endpoint, securityGroups: ['ssm-endpoint'] },
};
