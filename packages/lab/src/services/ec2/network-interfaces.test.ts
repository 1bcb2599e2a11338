import { describe, expect, test } from 'vitest';
import { attachNetworkInterface } from './operations/attach-network-interface.js';
import { createNetworkInterface } from './operations/create-network-interface.js';
import { deleteNetworkInterface } from './operations/delete-network-interface.js';
import { describeNetworkInterfaces } from './operations/describe-network-interfaces.js';
import { modifyNetworkInterfaceAttribute } from './operations/modify-network-interface-attribute.js';
import { terminateInstances } from './operations/terminate-instances.js';
import { addGroup, addSubnet, createTestNetwork, launchInstance, refusal } from './test-network.js';

describe('a network interface', () => {
  test('changes the groups of its instance with its own', () => {
    const network = createTestNetwork();
    const { context, vpcId } = network;
    const instanceId = launchInstance(network);
    const { instance } = context.state.ec2.instances.get(instanceId)!;
    const NetworkInterfaceId = instance.NetworkInterfaces![0]!.NetworkInterfaceId!;
    const other = addGroup(context, vpcId, 'other');
    modifyNetworkInterfaceAttribute({ NetworkInterfaceId, Groups: [other] }, context);
    expect(instance.SecurityGroups).toEqual([{ GroupId: other, GroupName: 'other' }]);
    const filter = { Filters: [{ Name: 'group-id', Values: [other] }] };
    expect(describeNetworkInterfaces(filter, context).NetworkInterfaces?.[0]?.NetworkInterfaceId).toBe(
      NetworkInterfaceId,
    );
  });

  test('is attached within its zone, and outlives the instance unless it is set to go with it', () => {
    const network = createTestNetwork();
    const { context, vpcId, subnetId: SubnetId } = network;
    const InstanceId = launchInstance(network);
    const create = (id: string) =>
      createNetworkInterface({ SubnetId: id }, context).NetworkInterface!.NetworkInterfaceId!;
    const elsewhere = create(addSubnet(context, vpcId, '10.0.2.0/24', 'us-west-2b'));
    const attach = { InstanceId, DeviceIndex: 1 };
    expect(refusal(() => attachNetworkInterface({ ...attach, NetworkInterfaceId: elsewhere }, context)).code).toBe(
      'InvalidParameterValue',
    );
    const NetworkInterfaceId = create(SubnetId);
    attachNetworkInterface({ ...attach, NetworkInterfaceId }, context);
    expect(refusal(() => deleteNetworkInterface({ NetworkInterfaceId }, context))).toEqual({
      code: 'InvalidParameterValue',
      message: `Network interface '${NetworkInterfaceId}' is currently in use.`,
    });
    expect(refusal(() => attachNetworkInterface({ ...attach, NetworkInterfaceId }, context)).code).toBe(
      'InvalidNetworkInterface.InUse',
    );
    terminateInstances({ InstanceIds: [InstanceId] }, context);
    context.pass(60_000);
    const left = describeNetworkInterfaces({ Filters: [{ Name: 'subnet-id', Values: [SubnetId] }] }, context);
    expect(left.NetworkInterfaces).toMatchObject([{ NetworkInterfaceId, Status: 'available' }]);
    deleteNetworkInterface({ NetworkInterfaceId }, context);
  });
});
