import { CreateAutoScalingGroupCommand, EnableMetricsCollectionCommand } from '@aws-sdk/client-auto-scaling';
import { CreateVpcCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { createWeb } from '../machines/simulated/testing/create-web.js';
import { SERVICES } from '../services/index.js';
import { declaredPaths, findUndeclaredMember } from './check-members.js';
import { findOperationSchema } from './operation-schema.js';

describe('the declarations of members', () => {
  test('every operation has one, and it names members of AWS’s model, each once', () => {
    const faults: string[] = [];
    for (const { name, operations, members, schemas } of SERVICES) {
      for (const operation of new Set([...Object.keys(operations), ...Object.keys(members)])) {
        const declared = members[operation];
        const schema = findOperationSchema({ schemas }, operation);
        if (declared === undefined) faults.push(`${name} ${operation}: declare its members in members.ts`);
        if (operations[operation] === undefined) faults.push(`${name} ${operation}: is declared, but no operation`);
        const known =
          schema === undefined || schema.input.isUnitSchema()
            ? []
            : [...schema.input.structIterator()].map(([one]) => one);
        const words = `${declared?.acts ?? ''} ${declared?.noEffect ?? ''}`.split(' ').filter((word) => word !== '');
        if (new Set(words).size !== words.length) faults.push(`${name} ${operation}: names a member twice`);
        for (const path of declaredPaths(declared ?? { acts: '' })) {
          if (!known.includes(path.split('.')[0]!)) faults.push(`${name} ${operation}: has no member ${path}`);
        }
      }
    }
    expect(faults).toEqual([]);
  });
});

describe('a member that is not declared', () => {
  const members = { acts: 'Name Placement.Zone', noEffect: 'Hint' };

  test.each([
    [{ Name: 'a', Hint: 'b' }, undefined],
    [{ Name: 'a', Colour: 'red' }, 'Colour of Make'],
    [{ Placement: { Zone: 'a' } }, undefined],
    [{ Placement: { Zone: 'a', Tenancy: 'host' } }, 'Placement.Tenancy of Make'],
    [{ Placement: [{ Zone: 'a' }, { Tenancy: 'host' }] }, 'Placement.Tenancy of Make'],
    [{ Colour: false, Size: '', Things: [], Options: { On: false, List: [{}] } }, undefined],
    [{ Count: 0 }, 'Count of Make'],
    [{ At: new Date(0) }, 'At of Make'],
  ])('%j', (input, what) => {
    expect(findUndeclaredMember('Make', members, input)?.what).toBe(what);
  });

  test('is refused by name, and counted; what asks for nothing is not', async () => {
    const web = await createWeb();
    const group = {
      AutoScalingGroupName: 'b',
      MinSize: 0,
      MaxSize: 0,
      VPCZoneIdentifier: web.subnetIds[0],
      LaunchTemplate: { LaunchTemplateName: 'web' },
    };
    const create = (more: object) =>
      web.ask(web.autoScaling.send(new CreateAutoScalingGroupCommand({ ...group, ...more })));
    await expect(create({ CapacityRebalance: true })).rejects.toMatchObject({
      name: 'UnsupportedOperation',
      message: 'The lab does not emulate CapacityRebalance of CreateAutoScalingGroup.',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(create({ CapacityRebalance: true })).rejects.toThrow('The lab does not emulate');
    await create({ CapacityRebalance: false, LoadBalancerNames: [] });
    await expect(
      web.ask(web.ec2.send(new CreateVpcCommand({ Ipv4IpamPoolId: 'ipam-pool-1', Ipv4NetmaskLength: 16 }))),
    ).rejects.toMatchObject({
      name: 'UnsupportedOperation',
      message: 'The lab does not emulate Ipv4IpamPoolId of CreateVpc.',
    });
    await expect(web.ask(web.ec2.send(new DescribeVpcsCommand({ DryRun: true })))).rejects.toMatchObject({
      name: 'DryRunOperation',
    });
    await web.ask(
      web.autoScaling.send(new EnableMetricsCollectionCommand({ AutoScalingGroupName: 'b', Granularity: '1Minute' })),
    );
    expect(web.lab.notEmulated()).toEqual(
      [
        {
          service: 'autoscaling',
          operation: 'CreateAutoScalingGroup',
          what: 'CapacityRebalance of CreateAutoScalingGroup',
          count: 2,
        },
        { service: 'ec2', operation: 'CreateVpc', what: 'Ipv4IpamPoolId of CreateVpc', count: 1 },
      ].map((one) => expect.objectContaining(one)),
    );
    await web.lab.close();
  });
});
