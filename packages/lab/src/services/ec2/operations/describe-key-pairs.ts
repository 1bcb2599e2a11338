import type { DescribeKeyPairsRequest, DescribeKeyPairsResult, KeyPairInfo } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { describe } from '../description.js';
import { describedBy, type FilterFields } from '../filters.js';
import { requireKeyPair } from '../key-pairs.js';
import { invalidParameterCombination } from '../refusals.js';

const fields: FilterFields<KeyPairInfo> = describedBy('KeyPairInfo', {
  'key-pair-id': (k) => k.KeyPairId,
  fingerprint: (k) => k.KeyFingerprint,
  'key-name': (k) => k.KeyName,
});

export function describeKeyPairs(input: DescribeKeyPairsRequest, context: OperationContext): DescribeKeyPairsResult {
  const { KeyNames: names = [], KeyPairIds: ids = [], IncludePublicKey, ...request } = input;
  if (names.length > 0 && ids.length > 0)
    throw invalidParameterCombination('The parameters KeyNames and KeyPairIds may not be used together');
  const named = names.map((name) => requireKeyPair(name, context).KeyPairId ?? '');
  const { found } = describe('keyPair', { ...request, ids: [...named, ...ids] }, fields, context);
  if (IncludePublicKey === true) return { KeyPairs: found };
  return { KeyPairs: found.map(({ PublicKey: _, ...pair }) => pair) };
}
