import { describe, expect, test } from 'vitest';
import { createNetworkAcl } from './operations/create-network-acl.js';
import { createNetworkAclEntry } from './operations/create-network-acl-entry.js';
import { deleteNetworkAcl } from './operations/delete-network-acl.js';
import { deleteNetworkAclEntry } from './operations/delete-network-acl-entry.js';
import { describeNetworkAcls } from './operations/describe-network-acls.js';
import { replaceNetworkAclAssociation } from './operations/replace-network-acl-association.js';
import { replaceNetworkAclEntry } from './operations/replace-network-acl-entry.js';
import { createTestNetwork, refusal } from './test-network.js';

const everywhere = { CidrBlock: '0.0.0.0/0', Egress: false };
const https = {
  ...everywhere,
  RuleNumber: 110,
  Protocol: 'tcp',
  PortRange: { From: 443, To: 443 },
  RuleAction: 'allow',
} as const;

function createAcl() {
  const network = createTestNetwork();
  const { context, vpcId } = network;
  const NetworkAclId = createNetworkAcl({ VpcId: vpcId }, context).NetworkAcl!.NetworkAclId!;
  const read = () => describeNetworkAcls({ NetworkAclIds: [NetworkAclId] }, context).NetworkAcls![0]!;
  const ingress = () => read().Entries!.filter((entry) => entry.Egress === false);
  return { ...network, NetworkAclId, read, ingress };
}

describe('a network ACL', () => {
  test('refuses everything when it is new', () => {
    expect(createAcl().read().Entries).toMatchObject([
      { Egress: true, RuleAction: 'deny', RuleNumber: 32767 },
      { Egress: false, RuleAction: 'deny', RuleNumber: 32767 },
    ]);
  });

  test('holds its entries in order of their number, with the protocol as a number', () => {
    const { context, NetworkAclId, ingress } = createAcl();
    createNetworkAclEntry({ NetworkAclId, ...https }, context);
    createNetworkAclEntry({ NetworkAclId, ...https, RuleNumber: 100, RuleAction: 'deny' }, context);
    expect(ingress().map((entry) => [entry.RuleNumber, entry.RuleAction, entry.Protocol])).toEqual([
      [100, 'deny', '6'],
      [110, 'allow', '6'],
      [32767, 'deny', '-1'],
    ]);
  });

  test('has one entry for each number and direction, which can be replaced and deleted', () => {
    const { context, NetworkAclId, ingress } = createAcl();
    createNetworkAclEntry({ NetworkAclId, ...https }, context);
    expect(refusal(() => createNetworkAclEntry({ NetworkAclId, ...https }, context))).toEqual({
      code: 'NetworkAclEntryAlreadyExists',
      message: 'The network acl entry identified by 110 already exists.',
    });
    replaceNetworkAclEntry({ NetworkAclId, ...https, RuleAction: 'deny' }, context);
    expect(ingress()[0]?.RuleAction).toBe('deny');
    const entry = { NetworkAclId, RuleNumber: 110, Egress: false };
    expect(refusal(() => deleteNetworkAclEntry({ ...entry, Egress: true }, context)).code).toBe(
      'InvalidNetworkAclEntry.NotFound',
    );
    deleteNetworkAclEntry(entry, context);
    expect(ingress()).toHaveLength(1);
    expect(refusal(() => deleteNetworkAclEntry({ ...entry, RuleNumber: 32767 }, context)).code).toBe(
      'InvalidParameterValue',
    );
  });

  test.each([
    [{ PortRange: undefined }, 'MissingParameter'],
    [{ RuleNumber: 32767 }, 'InvalidParameterValue'],
    [{ Protocol: 'smoke' }, 'InvalidParameterValue'],
    [{ CidrBlock: 'here' }, 'InvalidParameterValue'],
  ])('refuses an entry with %j', (wrong, code) => {
    const { context, NetworkAclId } = createAcl();
    expect(refusal(() => createNetworkAclEntry({ NetworkAclId, ...https, ...wrong }, context)).code).toBe(code);
  });

  test('takes a subnet over from another one, and cannot be deleted while it has it', () => {
    const { context, NetworkAclId, subnetId, read } = createAcl();
    const [byDefault] = describeNetworkAcls({ Filters: [{ Name: 'default', Values: ['true'] }] }, context).NetworkAcls!;
    const AssociationId = byDefault!.Associations![0]!.NetworkAclAssociationId!;
    const { NewAssociationId } = replaceNetworkAclAssociation({ AssociationId, NetworkAclId }, context);
    expect(read().Associations).toEqual([
      { NetworkAclAssociationId: NewAssociationId, NetworkAclId, SubnetId: subnetId },
    ]);
    expect(refusal(() => deleteNetworkAcl({ NetworkAclId }, context)).code).toBe('DependencyViolation');
    replaceNetworkAclAssociation({ AssociationId: NewAssociationId, NetworkAclId: byDefault?.NetworkAclId }, context);
    deleteNetworkAcl({ NetworkAclId }, context);
    expect(refusal(read).code).toBe('InvalidNetworkAclID.NotFound');
    expect(refusal(() => deleteNetworkAcl({ NetworkAclId: byDefault?.NetworkAclId }, context)).message).toBe(
      `cannot delete default network ACL ${byDefault?.NetworkAclId}`,
    );
  });
});
