import type {
  InstanceMetadataOptionsResponse,
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult,
} from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyOf } from '../copy.js';
import { requireInstances } from '../instances.js';
import { invalidParameterValue, required } from '../refusals.js';

export function modifyInstanceMetadataOptions(
  input: ModifyInstanceMetadataOptionsRequest,
  context: OperationContext,
): ModifyInstanceMetadataOptionsResult {
  const { instance } = requireInstances([required(input.InstanceId, 'instanceId')], context)[0]!;
  const { HttpTokens, HttpPutResponseHopLimit: hops, HttpEndpoint, HttpProtocolIpv6, InstanceMetadataTags } = input;
  if (hops !== undefined && (hops < 1 || hops > 64)) {
    throw invalidParameterValue(
      `Value (${hops}) for parameter HttpPutResponseHopLimit is invalid. Must be between 1 and 64.`,
    );
  }
  const given = { HttpTokens, HttpPutResponseHopLimit: hops, HttpEndpoint, HttpProtocolIpv6, InstanceMetadataTags };
  const changed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  instance.MetadataOptions = { ...instance.MetadataOptions, ...changed } as InstanceMetadataOptionsResponse;
  return { InstanceId: instance.InstanceId, InstanceMetadataOptions: copyOf(instance.MetadataOptions) };
}
