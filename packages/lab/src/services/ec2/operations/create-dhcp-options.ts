import type { CreateDhcpOptionsRequest, CreateDhcpOptionsResult, DhcpOptions } from '@aws-sdk/client-ec2';
import type { OperationContext } from '../../../control-plane/types.js';
import { copyWithTags } from '../description.js';
import { invalidParameterValue, missingParameter } from '../refusals.js';
import { putTags, tagsFor } from '../tags.js';

const knownKeys = ['domain-name', 'domain-name-servers', 'ntp-servers', 'netbios-name-servers', 'netbios-node-type'];

export function createDhcpOptions(input: CreateDhcpOptionsRequest, context: OperationContext): CreateDhcpOptionsResult {
  const { ec2, accountId } = context.state;
  if (!input.DhcpConfigurations?.length) throw missingParameter('dhcpConfiguration');
  for (const { Key: key = '' } of input.DhcpConfigurations) {
    if (!knownKeys.includes(key))
      throw invalidParameterValue(`Value (${key}) for parameter name is invalid. Unknown DHCP option`);
  }
  const tags = tagsFor('dhcp-options', input.TagSpecifications);
  const options: DhcpOptions = {
    DhcpOptionsId: context.ids.hex('dopt-', 17),
    OwnerId: accountId,
    DhcpConfigurations: input.DhcpConfigurations.map(({ Key, Values }) => ({
      Key,
      Values: (Values ?? []).map((Value) => ({ Value })),
    })),
  };
  ec2.dhcpOptions.set(options.DhcpOptionsId!, options);
  putTags(ec2, options.DhcpOptionsId!, tags);
  return { DhcpOptions: copyWithTags('dhcpOptions', options, ec2) };
}
