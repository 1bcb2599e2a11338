import { everybody, fromGroup, type Network, s3, tcp, toGroup } from './network.js';

/**
 * 2018-11-11 00:04. The endpoint carries the backend's own security group, which has no rule for itself and lets nothing out to
 * 443 but to S3 and to CloudWatch Logs; private DNS is off. Three faults at once.
 */
export const n1: Network = {
  name: 'N1',
  description: "the endpoint carries the backend's own security group, and private DNS is off",
  cidr: '10.0.0.0/16',
  enableDnsSupport: true,
  enableDnsHostnames: true,
  subnets: {
    'public-a': { cidr: '10.0.0.0/24', zone: 'a', kind: 'public' },
    'public-b': { cidr: '10.0.1.0/24', zone: 'b', kind: 'public' },
    'private-a': { cidr: '10.0.10.0/24', zone: 'a', kind: 'private' },
    'private-b': { cidr: '10.0.11.0/24', zone: 'b', kind: 'private' },
  },
  securityGroups: {
    alb: {
      description: 'The load balancer',
      ingress: [tcp(80, everybody)],
      egress: [tcp(80, toGroup('backend')), tcp(8888, toGroup('backend'))],
    },
    backend: {
      description: 'The instances of the site',
      ingress: [tcp(80, fromGroup('alb')), tcp(8888, fromGroup('alb'))],
      egress: [tcp(3306, toGroup('database')), tcp(443, s3), tcp(443, toGroup('logs'))],
    },
    database: { description: 'MySQL', ingress: [tcp(3306, fromGroup('backend'))], egress: [] },
    logs: {
      description: 'The endpoint of CloudWatch Logs',
      ingress: [tcp(443, fromGroup('backend')), tcp(443, fromGroup('builder'))],
      egress: [],
    },
    builder: {
      description: 'The Packer builder',
      ingress: [],
      egress: [tcp(80, everybody), tcp(443, everybody)],
    },
  },
  endpoint: { subnets: ['private-a', 'private-b'], securityGroups: ['backend'], privateDnsEnabled: false },
  logsEndpoint: { subnets: ['private-a', 'private-b'], securityGroups: ['logs'], privateDnsEnabled: true },
};
