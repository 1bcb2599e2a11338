import { n3 } from './n3.js';
import { fromGroup, type Network, tcp, toGroup } from './network.js';

/** 18:48. A management segment owns the endpoint; the builder and the backend may both reach it. */
export const n5: Network = {
  ...n3,
  name: 'N5',
  description: 'a management segment owns the endpoint, which admits the backend and the builder',
  subnets: {
    ...n3.subnets,
    'management-a': { cidr: '10.0.20.0/24', zone: 'a', kind: 'private' },
    'management-b': { cidr: '10.0.21.0/24', zone: 'b', kind: 'private' },
  },
  securityGroups: {
    alb: n3.securityGroups.alb!,
    database: n3.securityGroups.database!,
    logs: n3.securityGroups.logs!,
    backend: {
      ...n3.securityGroups.backend!,
      egress: [...backendEgressWithoutOldEndpoint(n3), tcp(443, toGroup('management'))],
    },
    builder: {
      ...n3.securityGroups.builder!,
      egress: [...n3.securityGroups.builder!.egress, tcp(443, toGroup('management'))],
    },
    management: {
      description: 'The management segment',
      ingress: [tcp(443, fromGroup('backend')), tcp(443, fromGroup('builder'))],
      egress: [],
    },
  },
  endpoint: { subnets: ['management-a', 'management-b'], securityGroups: ['management'], privateDnsEnabled: true },
};

/** The backend's way out without the endpoint's old group, which is gone. */
function backendEgressWithoutOldEndpoint(network: Network) {
  return network.securityGroups.backend!.egress.filter(
    ({ peer }) => !('group' in peer && peer.group === 'ssm-endpoint'),
  );
}
