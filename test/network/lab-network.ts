// lab-network: a random network made in a lab through EC2's API, and real TCP connections through the lab's own gateway.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateManagedPrefixListCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DescribeNetworkAclsCommand,
  type IpPermission,
  ModifyVpcAttributeCommand,
  RegisterImageCommand,
  ReplaceNetworkAclAssociationCommand,
  RevokeSecurityGroupEgressCommand,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2';
import { type AwsClients, readNetwork } from '@directrix/aws';
import type { ControlPlanePort, Lab, VirtualClock } from '@directrix/lab';
import type { NetworkSnapshot, Source } from '@directrix/reachability';
import * as reachability from '@directrix/reachability';
import { createNetworkDecisions } from '../../packages/lab/src/network/decision.js';
import { createGateway } from '../../packages/lab/src/network/gateway.js';
import { createResolver } from '../../packages/lab/src/network/resolver.js';
import { openBareLab } from './bare-lab.js';
import { machines } from './random-network.js';

/** Parameter Store's endpoint in the network: what private DNS makes of its name. */
export interface EndpointPlan {
  readonly groups: readonly string[];
  readonly subnets: readonly ('subnet-a' | 'subnet-b')[];
  readonly privateDns: boolean;
  readonly dnsHostnames: boolean;
}

export const ssmName = 'ssm.us-west-2.amazonaws.com';

export class LabNetwork {
  readonly #clock: VirtualClock;
  readonly #lab: Lab;
  readonly #server: Server;
  readonly #ids = new Map<string, string>();
  readonly clients: AwsClients;
  readonly #controlPlane: ControlPlanePort;

  constructor(server: Server) {
    this.#server = server;
    const { clock, lab, clients, controlPlane } = openBareLab();
    this.#clock = clock;
    this.#lab = lab;
    this.clients = clients;
    this.#controlPlane = controlPlane;
  }

  static async open(snapshot: NetworkSnapshot, endpoint: EndpointPlan | undefined): Promise<LabNetwork> {
    // Every machine's listener: who gets here was let through.
    const server = createServer((socket) => socket.on('error', () => undefined).end('hello')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const network = new LabNetwork(server);
    await network.run(network.#build(snapshot, endpoint));
    return network;
  }

  async close(): Promise<void> {
    this.clients.destroy();
    await this.#lab.close();
    this.#server.close();
  }

  /** Moves the lab's time until the promise settles. */
  run<T>(promise: Promise<T>): Promise<T> {
    return this.#clock.run(promise);
  }

  /** Until what was asked for has happened. */
  settle(): Promise<void> {
    return this.#clock.advance(60_000);
  }

  /** As `directrix` would read it. */
  read(): Promise<NetworkSnapshot> {
    return this.run(readNetwork(this.clients, this.#id('vpc-1')));
  }

  source(machine: string): Source {
    return { kind: 'instance', instanceId: this.#id(machine) };
  }

  /** A real TCP connection of the machine's to a name or an address, through the lab's resolver and gateway. */
  async connect(machine: string, to: { readonly name: string } | { readonly address: string }, port: number) {
    const { state } = this.#controlPlane;
    const decisions = createNetworkDecisions(state as never, reachability);
    const location = { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port };
    const gateway = createGateway(this.#id(machine), {
      controlPlane: this.#controlPlane as never,
      decisions,
      resolver: createResolver(state as never, decisions),
      front: { open: async () => location, closeEntrancesOf: () => undefined, close: () => undefined },
      listeners: { find: () => ({ kind: 'open', port: location.port }) },
      wallNow: () => 0,
    });
    try {
      const answer = 'name' in to ? gateway.resolve(to.name) : { kind: 'addresses' as const, addresses: [to.address] };
      if (answer.kind !== 'addresses') return 'noName';
      // A client takes any of them: the path is good when all are.
      for (const address of answer.addresses) {
        const verdict = await this.run(
          new Promise<{ readonly kind: string; readonly host?: string; readonly port?: number }>((settle) => {
            gateway.connect({ address, port, inContainer: false }, settle);
          }),
        );
        if (verdict.kind !== 'open') return verdict.kind;
        await greet(verdict.host!, verdict.port!);
      }
      return 'open';
    } finally {
      gateway.close();
    }
  }

  #id(name: string): string {
    return this.#ids.get(name)!;
  }

  async #build(snapshot: NetworkSnapshot, endpoint: EndpointPlan | undefined): Promise<void> {
    const { ec2 } = this.clients;
    const put = (name: string, id: string | undefined) => this.#ids.set(name, id!);
    put('vpc-1', (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc?.VpcId);
    const VpcId = this.#id('vpc-1');
    const EnableDnsHostnames = { Value: endpoint?.dnsHostnames ?? true };
    put('igw-1', (await ec2.send(new CreateInternetGatewayCommand({}))).InternetGateway?.InternetGatewayId);
    await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId: this.#id('igw-1') }));
    for (const subnet of snapshot.subnets ?? []) {
      const { CidrBlock, AvailabilityZone } = subnet;
      const made = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }));
      put(subnet.SubnetId!, made.Subnet?.SubnetId);
    }
    for (const table of snapshot.routeTables ?? []) {
      const RouteTableId = (await ec2.send(new CreateRouteTableCommand({ VpcId }))).RouteTable?.RouteTableId;
      const SubnetId = this.#id(table.Associations![0]!.SubnetId!);
      await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
      for (const { DestinationCidrBlock, GatewayId } of table.Routes ?? [])
        if (GatewayId !== 'local')
          await ec2.send(
            new CreateRouteCommand({ RouteTableId, DestinationCidrBlock, GatewayId: this.#id(GatewayId!) }),
          );
    }
    await this.#buildAcls(snapshot, VpcId);
    await this.#buildGroups(snapshot, VpcId);
    await this.#buildMachines(snapshot);
    if (endpoint !== undefined) {
      // Private DNS wants host names when it is switched on; somebody may switch them off later.
      await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
      await ec2.send(
        new CreateVpcEndpointCommand({
          VpcId,
          VpcEndpointType: 'Interface',
          ServiceName: 'com.amazonaws.us-west-2.ssm',
          SubnetIds: endpoint.subnets.map((name) => this.#id(name)),
          SecurityGroupIds: endpoint.groups.map((name) => this.#id(name)),
          PrivateDnsEnabled: endpoint.privateDns,
        }),
      );
    }
    await ec2.send(new ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames }));
    await this.#clock.sleep(60_000);
  }

  async #buildAcls({ networkAcls = [] }: NetworkSnapshot, VpcId: string): Promise<void> {
    const { ec2 } = this.clients;
    for (const acl of networkAcls) {
      const NetworkAclId = (await ec2.send(new CreateNetworkAclCommand({ VpcId }))).NetworkAcl?.NetworkAclId;
      for (const { RuleNumber, Egress, RuleAction, CidrBlock, Protocol, PortRange } of acl.Entries ?? [])
        await ec2.send(
          new CreateNetworkAclEntryCommand({
            NetworkAclId,
            RuleNumber,
            Egress,
            RuleAction,
            CidrBlock,
            Protocol,
            PortRange,
          }),
        );
      const SubnetId = this.#id(acl.Associations![0]!.SubnetId!);
      const { NetworkAcls = [] } = await ec2.send(
        new DescribeNetworkAclsCommand({ Filters: [{ Name: 'association.subnet-id', Values: [SubnetId] }] }),
      );
      const AssociationId = NetworkAcls[0]!.Associations!.find(
        (one) => one.SubnetId === SubnetId,
      )!.NetworkAclAssociationId;
      await ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId }));
    }
  }

  async #buildGroups({ securityGroups = [], prefixLists = [] }: NetworkSnapshot, VpcId: string): Promise<void> {
    const { ec2 } = this.clients;
    for (const { list, entries } of prefixLists) {
      const made = await ec2.send(
        new CreateManagedPrefixListCommand({
          PrefixListName: list.PrefixListName,
          MaxEntries: 10,
          AddressFamily: 'IPv4',
          Entries: entries.map(({ Cidr }) => ({ Cidr })),
        }),
      );
      this.#ids.set(list.PrefixListId!, made.PrefixList!.PrefixListId!);
    }
    for (const { GroupId: name } of securityGroups) {
      const made = await ec2.send(
        new CreateSecurityGroupCommand({ VpcId, GroupName: `own-${name}`, Description: name }),
      );
      this.#ids.set(name!, made.GroupId!);
      const everything = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
      await ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId: made.GroupId, IpPermissions: everything }));
    }
    for (const group of securityGroups) {
      const GroupId = this.#id(group.GroupId!);
      for (const rule of group.IpPermissions ?? [])
        await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [this.#permission(rule)] }));
      for (const rule of group.IpPermissionsEgress ?? [])
        await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions: [this.#permission(rule)] }));
    }
  }

  #permission(rule: IpPermission): IpPermission {
    return {
      ...rule,
      ...(rule.UserIdGroupPairs && {
        UserIdGroupPairs: rule.UserIdGroupPairs.map(({ GroupId }) => ({ GroupId: this.#id(GroupId!) })),
      }),
      ...(rule.PrefixListIds && {
        PrefixListIds: rule.PrefixListIds.map(({ PrefixListId }) => ({ PrefixListId: this.#id(PrefixListId!) })),
      }),
    };
  }

  async #buildMachines({ networkInterfaces = [] }: NetworkSnapshot): Promise<void> {
    const { ec2 } = this.clients;
    const { ImageId } = await ec2.send(
      new RegisterImageCommand({ Name: 'any', ImageLocation: 'simulated:{}', Architecture: 'x86_64' }),
    );
    for (const { name } of machines) {
      const own = networkInterfaces.find((one) => one.NetworkInterfaceId === `eni-${name}`)!;
      const { Instances } = await ec2.send(
        new RunInstancesCommand({
          ImageId,
          InstanceType: 't3.micro',
          MinCount: 1,
          MaxCount: 1,
          NetworkInterfaces: [
            {
              DeviceIndex: 0,
              SubnetId: this.#id(own.SubnetId!),
              PrivateIpAddress: own.PrivateIpAddress,
              Groups: own.Groups!.map(({ GroupId }) => this.#id(GroupId!)),
              AssociatePublicIpAddress: own.Association !== undefined,
            },
          ],
        }),
      );
      this.#ids.set(name, Instances![0]!.InstanceId!);
    }
  }
}

async function greet(host: string, port: number): Promise<void> {
  const socket = connect({ host, port });
  await once(socket, 'data');
  socket.destroy();
}
