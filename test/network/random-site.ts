// random-site: two VPCs that may be peered, with faults of every kind, one or many at a time. The plan is data; lab-site makes it.
import fc from 'fast-check';

export interface SitePlan {
  readonly peering: 'active' | 'pending' | 'deleted' | 'none';
  readonly forth: 'peering' | 'none' | 'internet' | 'wider' | 'narrower';
  readonly back: 'peering' | 'none';
  /** What the client's own group and the one that it shares with another instance let out. */
  readonly egress: 'all' | 'none' | 'web' | 'far';
  readonly ingress: 'all' | 'none' | 'group' | 'address' | 'other';
  readonly carriesShared: boolean;
  readonly aclNear: 'default' | 'closed' | 'noAnswers' | 'denied';
  readonly aclFar: 'default' | 'closed' | 'noAnswers' | 'denied';
  readonly out: 'none' | 'internet' | 'nat' | 'deadNat' | 'natWithoutWay';
  readonly isGatewayAttached: boolean;
  readonly isPublic: boolean;
  readonly endpoint: 'none' | 'good' | 'noPrivateDns' | 'noHostnames' | 'closedGroup' | 'sharedGroup' | 'closedPolicy';
  readonly gatewayEndpoint: 'none' | 'routed' | 'unrouted';
}

/** Half of the parts are well: networks with everything wrong are all alike. */
function mostly<T>(well: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 2, arbitrary: fc.constant(well) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

export const sitePlan: fc.Arbitrary<SitePlan> = fc.record({
  peering: mostly<SitePlan['peering']>('active', 'pending', 'deleted', 'none'),
  forth: mostly<SitePlan['forth']>('peering', 'none', 'internet', 'wider', 'narrower'),
  back: mostly<SitePlan['back']>('peering', 'none'),
  egress: mostly<SitePlan['egress']>('all', 'none', 'web', 'far'),
  ingress: mostly<SitePlan['ingress']>('all', 'none', 'group', 'address', 'other'),
  carriesShared: fc.boolean(),
  aclNear: mostly<SitePlan['aclNear']>('default', 'closed', 'noAnswers', 'denied'),
  aclFar: mostly<SitePlan['aclFar']>('default', 'closed', 'noAnswers', 'denied'),
  out: fc.constantFrom<SitePlan['out']>('none', 'internet', 'nat', 'deadNat', 'natWithoutWay'),
  isGatewayAttached: mostly(true, false),
  isPublic: fc.boolean(),
  endpoint: fc.constantFrom<SitePlan['endpoint']>(
    'none',
    'good',
    'noPrivateDns',
    'noHostnames',
    'closedGroup',
    'sharedGroup',
    'closedPolicy',
  ),
  gatewayEndpoint: fc.constantFrom<SitePlan['gatewayEndpoint']>('none', 'routed', 'unrouted'),
});

export const siteDestinations = ['near', 'far', 'farAddress', 'ssm', 's3', 'internet'] as const;
export type SiteDestination = (typeof siteDestinations)[number];
