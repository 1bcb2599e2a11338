import type { DescribeSSLPoliciesInput, DescribeSSLPoliciesOutput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../../control-plane/aws-error.js';

const POLICY = {
  Name: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
  SslProtocols: ['TLSv1.2', 'TLSv1.3'],
  Ciphers: [{ Name: 'TLS_AES_128_GCM_SHA256', Priority: 1 }],
  SupportedLoadBalancerTypes: ['application', 'network'],
};

/** AWS's recommended policy alone: the lab has no TLS listeners. */
export function describeSSLPolicies(input: DescribeSSLPoliciesInput): DescribeSSLPoliciesOutput {
  if (input.Names?.some((name) => name !== POLICY.Name)) {
    throw new AwsError('SSLPolicyNotFound', 'One or more SSL policies not found');
  }
  return { SslPolicies: [POLICY] };
}
