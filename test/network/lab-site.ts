// lab-site: a site plan made in a lab through EC2's API, as `aws ec2` would make it.
import * as ec2 from '@aws-sdk/client-ec2';
import { type AwsClients, readNetwork } from '@directrix/aws';
import type { ControlPlanePort, Lab, VirtualClock } from '@directrix/lab';
import type { NetworkSnapshot, Question } from '@directrix/reachability';
import * as reachability from '@directrix/reachability';
import { createNetworkDecisions } from '../../packages/lab/src/network/decision.js';
import { typeCommand } from './aws-cli.js';
import { openBareLab } from './bare-lab.js';
import type { SiteDestination, SitePlan } from './random-site.js';

const everything = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
const tcp = (peer: object, port = 443) => [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...peer }];

export class LabSite {
  readonly #clock: VirtualClock;
  readonly #lab: Lab;
  readonly #ids = new Map<string, string>();
  readonly clients: AwsClients;
  readonly #controlPlane: ControlPlanePort;

  constructor() {
    const { clock, lab, clients, controlPlane } = openBareLab();
    this.#clock = clock;
    this.#lab = lab;
    this.clients = clients;
    this.#controlPlane = controlPlane;
  }

  static async open(plan: SitePlan): Promise<LabSite> {
    const site = new LabSite();
    await site.#clock.run(site.#build(plan));
    return site;
  }

  async close(): Promise<void> {
    this.clients.destroy();
    await this.#lab.close();
  }

  id(name: string): string {
    const id = this.#ids.get(name);
    if (id === undefined) throw new Error(`nothing is called ${name}`);
    return id;
  }

  /** As `directrix reach` reads it. */
  read(to: SiteDestination): Promise<NetworkSnapshot> {
    const others = to === 'far' || to === 'farAddress' ? [this.id('vpc-far')] : [];
    return this.#clock.run(readNetwork(this.clients, this.id('vpc-near'), ...others));
  }

  question(to: SiteDestination): Question {
    const from = { kind: 'instance', instanceId: this.id('client') } as const;
    const name = (host: string): Question => ({ from, to: { kind: 'name', name: host }, port: 443 });
    switch (to) {
      case 'near':
      case 'far':
        return { from, to: { kind: 'instance', instanceId: this.id(to) }, port: 443 };
      case 'farAddress':
        return { from, to: { kind: 'address', address: '10.1.1.20' }, port: 443 };
      case 'ssm':
      case 's3':
        return name(`${to}.us-west-2.amazonaws.com`);
      case 'internet':
        return name('example.com');
    }
  }

  /** Whether the lab, which reads its own books and no API, lets the client connect to the address. */
  passes(address: string): boolean {
    const decisions = createNetworkDecisions(this.#controlPlane.state as never, reachability);
    return decisions.passes({ kind: 'instance', instanceId: this.id('client') }, address, 443);
  }

  /** As somebody types it; then time passes until what it asked for has happened. */
  async type(command: string): Promise<void> {
    await this.#clock.run(typeCommand(this.clients.ec2, command));
    await this.#clock.advance(240_000);
  }

  async #send(command: unknown): Promise<never> {
    return (await this.clients.ec2.send(command as ec2.DescribeVpcsCommand)) as never;
  }

  async #make<T>(name: string, command: unknown, pick: (answer: T) => string | undefined): Promise<string> {
    const id = pick((await this.#send(command)) as T);
    this.#ids.set(name, id!);
    return id!;
  }

  async #build(plan: SitePlan): Promise<void> {
    await this.#vpc('near', '10.0.0.0/16', [
      ['subnet-a', '10.0.1.0/24', 'us-west-2a'],
      ['subnet-b', '10.0.2.0/24', 'us-west-2b'],
      ['subnet-nat', '10.0.3.0/24', 'us-west-2a'],
    ]);
    await this.#vpc('far', '10.1.0.0/16', [['subnet-far', '10.1.1.0/24', 'us-west-2b']]);
    await this.#groups(plan);
    await this.#acl('subnet-a', plan.aclNear, 'near');
    await this.#acl('subnet-b', plan.aclFar, 'near');
    await this.#acl('subnet-far', plan.aclFar, 'far');
    await this.#peer(plan);
    await this.#wayOut(plan);
    await this.#machines(plan);
    await this.#endpoints(plan);
    await this.#clock.sleep(240_000);
    // What was deleted in the meantime.
    if (plan.out === 'deadNat') {
      await this.#send(new ec2.DeleteNatGatewayCommand({ NatGatewayId: this.id('nat') }));
      await this.#clock.sleep(240_000);
    }
    if (!plan.isGatewayAttached && !plan.isPublic && !['nat', 'natWithoutWay'].includes(plan.out))
      await this.#send(
        new ec2.DetachInternetGatewayCommand({ VpcId: this.id('vpc-near'), InternetGatewayId: this.id('igw') }),
      );
    if (plan.endpoint === 'noHostnames')
      await this.#send(
        new ec2.ModifyVpcAttributeCommand({ VpcId: this.id('vpc-near'), EnableDnsHostnames: { Value: false } }),
      );
  }

  async #vpc(name: string, CidrBlock: string, subnets: readonly (readonly [string, string, string])[]): Promise<void> {
    const VpcId = await this.#make<ec2.CreateVpcResult>(
      `vpc-${name}`,
      new ec2.CreateVpcCommand({ CidrBlock }),
      ({ Vpc }) => Vpc?.VpcId,
    );
    await this.#send(new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsHostnames: { Value: true } }));
    for (const [id, cidr, AvailabilityZone] of subnets) {
      const SubnetId = await this.#make<ec2.CreateSubnetResult>(
        id,
        new ec2.CreateSubnetCommand({ VpcId, CidrBlock: cidr, AvailabilityZone }),
        ({ Subnet }) => Subnet?.SubnetId,
      );
      const RouteTableId = await this.#make<ec2.CreateRouteTableResult>(
        `rtb-${id}`,
        new ec2.CreateRouteTableCommand({ VpcId }),
        ({ RouteTable }) => RouteTable?.RouteTableId,
      );
      await this.#send(new ec2.AssociateRouteTableCommand({ RouteTableId, SubnetId }));
    }
  }

  async #group(name: string, vpc: string): Promise<string> {
    const GroupId = await this.#make<ec2.CreateSecurityGroupResult>(
      name,
      new ec2.CreateSecurityGroupCommand({ VpcId: this.id(vpc), GroupName: `own-${name}`, Description: name }),
      ({ GroupId: id }) => id,
    );
    await this.#send(new ec2.RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: everything }));
    return GroupId;
  }

  async #groups(plan: SitePlan): Promise<void> {
    const client = await this.#group('sg-client', 'vpc-near');
    await this.#group('sg-shared', 'vpc-near');
    const near = await this.#group('sg-near', 'vpc-near');
    const far = await this.#group('sg-far', 'vpc-far');
    await this.#group('sg-endpoint', 'vpc-near');
    const allow = (GroupId: string, IpPermissions: object[], direction: 'Ingress' | 'Egress') =>
      this.#send(
        direction === 'Ingress'
          ? new ec2.AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions })
          : new ec2.AuthorizeSecurityGroupEgressCommand({ GroupId, IpPermissions }),
      );
    const cidr = (CidrIp: string) => ({ IpRanges: [{ CidrIp }] });
    if (plan.egress === 'all') await allow(client, everything, 'Egress');
    if (plan.egress === 'web') await allow(client, tcp(cidr('0.0.0.0/0'), 80), 'Egress');
    if (plan.egress === 'far') await allow(client, tcp(cidr('10.1.0.0/16')), 'Egress');
    for (const id of [near, far]) {
      if (plan.ingress === 'all') await allow(id, everything, 'Ingress');
      if (plan.ingress === 'address') await allow(id, tcp(cidr('10.0.1.10/32')), 'Ingress');
      if (plan.ingress === 'other') await allow(id, tcp(cidr('10.9.0.0/16')), 'Ingress');
    }
    if (plan.ingress === 'group') await allow(near, tcp({ UserIdGroupPairs: [{ GroupId: client }] }), 'Ingress');
    if (plan.endpoint !== 'closedGroup' && plan.endpoint !== 'sharedGroup')
      await allow(this.id('sg-endpoint'), tcp(cidr('10.0.0.0/16')), 'Ingress');
  }

  async #acl(subnet: string, kind: SitePlan['aclNear'], vpc: string): Promise<void> {
    if (kind === 'default') return;
    const NetworkAclId = await this.#make<ec2.CreateNetworkAclResult>(
      `acl-${subnet}`,
      new ec2.CreateNetworkAclCommand({ VpcId: this.id(`vpc-${vpc}`) }),
      ({ NetworkAcl }) => NetworkAcl?.NetworkAclId,
    );
    const entry = (RuleNumber: number, Egress: boolean, RuleAction: 'allow' | 'deny', from: number, to: number) =>
      this.#send(
        new ec2.CreateNetworkAclEntryCommand({
          NetworkAclId,
          RuleNumber,
          Egress,
          RuleAction,
          CidrBlock: '0.0.0.0/0',
          Protocol: '6',
          PortRange: { From: from, To: to },
        }),
      );
    for (const egress of [true, false]) {
      if (kind === 'noAnswers' || kind === 'denied') await entry(100, egress, 'allow', 1, 1024);
      if (kind === 'denied') {
        await entry(50, egress, 'deny', 443, 443);
        await entry(110, egress, 'allow', 1025, 65535);
      }
    }
    const SubnetId = this.id(subnet);
    const { NetworkAcls = [] }: ec2.DescribeNetworkAclsResult = await this.#send(
      new ec2.DescribeNetworkAclsCommand({ Filters: [{ Name: 'association.subnet-id', Values: [SubnetId] }] }),
    );
    const association = NetworkAcls[0]?.Associations?.find((one) => one.SubnetId === SubnetId);
    await this.#send(
      new ec2.ReplaceNetworkAclAssociationCommand({
        AssociationId: association?.NetworkAclAssociationId,
        NetworkAclId,
      }),
    );
  }

  #route(table: string, DestinationCidrBlock: string, target: object): Promise<void> {
    return this.#send(
      new ec2.CreateRouteCommand({ RouteTableId: this.id(table), DestinationCidrBlock, ...target }),
    ) as Promise<void>;
  }

  async #peer(plan: SitePlan): Promise<void> {
    if (plan.peering === 'none') return;
    const VpcPeeringConnectionId = await this.#make<ec2.CreateVpcPeeringConnectionResult>(
      'pcx',
      new ec2.CreateVpcPeeringConnectionCommand({ VpcId: this.id('vpc-near'), PeerVpcId: this.id('vpc-far') }),
      (answer) => answer.VpcPeeringConnection?.VpcPeeringConnectionId,
    );
    if (plan.peering !== 'pending')
      await this.#send(new ec2.AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
    const target = { VpcPeeringConnectionId };
    if (plan.forth === 'peering' || plan.forth === 'narrower') await this.#route('rtb-subnet-a', '10.1.0.0/16', target);
    if (plan.back === 'peering') await this.#route('rtb-subnet-far', '10.0.0.0/16', target);
    // A group of the other side may be named only while the two are peered.
    if (plan.ingress === 'group' && plan.peering === 'active')
      await this.#send(
        new ec2.AuthorizeSecurityGroupIngressCommand({
          GroupId: this.id('sg-far'),
          IpPermissions: tcp({ UserIdGroupPairs: [{ GroupId: this.id('sg-client') }] }),
        }),
      );
    if (plan.peering === 'deleted')
      await this.#send(new ec2.DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId }));
  }

  async #wayOut(plan: SitePlan): Promise<void> {
    const GatewayId = await this.#make<ec2.CreateInternetGatewayResult>(
      'igw',
      new ec2.CreateInternetGatewayCommand({}),
      ({ InternetGateway }) => InternetGateway?.InternetGatewayId,
    );
    const VpcId = this.id('vpc-near');
    await this.#send(new ec2.AttachInternetGatewayCommand({ VpcId, InternetGatewayId: GatewayId }));
    const toInternet = { GatewayId };
    if (plan.out !== 'natWithoutWay') await this.#route('rtb-subnet-nat', '0.0.0.0/0', toInternet);
    if (plan.forth === 'internet') await this.#route('rtb-subnet-a', '10.1.0.0/16', toInternet);
    if (plan.forth === 'wider') await this.#route('rtb-subnet-a', '10.0.0.0/8', toInternet);
    if (plan.forth === 'narrower') await this.#route('rtb-subnet-a', '10.1.1.0/24', toInternet);
    if (plan.out === 'internet') await this.#route('rtb-subnet-a', '0.0.0.0/0', toInternet);
    if (!['nat', 'deadNat', 'natWithoutWay'].includes(plan.out)) return;
    const { AllocationId }: ec2.AllocateAddressResult = await this.#send(new ec2.AllocateAddressCommand({}));
    const NatGatewayId = await this.#make<ec2.CreateNatGatewayResult>(
      'nat',
      new ec2.CreateNatGatewayCommand({ SubnetId: this.id('subnet-nat'), AllocationId }),
      ({ NatGateway }) => NatGateway?.NatGatewayId,
    );
    await this.#clock.sleep(240_000);
    await this.#route('rtb-subnet-a', '0.0.0.0/0', { NatGatewayId });
  }

  async #machines(plan: SitePlan): Promise<void> {
    const { ImageId }: ec2.RegisterImageResult = await this.#send(
      new ec2.RegisterImageCommand({ Name: 'any', ImageLocation: 'simulated:{}', Architecture: 'x86_64' }),
    );
    const run = async (
      name: string,
      subnet: string,
      PrivateIpAddress: string,
      groups: readonly string[],
      isPublic = false,
    ) =>
      this.#make<ec2.Reservation>(
        name,
        new ec2.RunInstancesCommand({
          ImageId,
          InstanceType: 't3.micro',
          MinCount: 1,
          MaxCount: 1,
          NetworkInterfaces: [
            {
              DeviceIndex: 0,
              SubnetId: this.id(subnet),
              PrivateIpAddress,
              Groups: groups.map((group) => this.id(group)),
              AssociatePublicIpAddress: isPublic,
            },
          ],
        }),
        ({ Instances }) => Instances?.[0]?.InstanceId,
      );
    const groups = plan.carriesShared ? ['sg-shared', 'sg-client'] : ['sg-client'];
    await run('client', 'subnet-a', '10.0.1.10', groups, plan.isPublic);
    await run('bystander', 'subnet-a', '10.0.1.11', ['sg-shared']);
    await run('near', 'subnet-b', '10.0.2.20', ['sg-near']);
    await run('far', 'subnet-far', '10.1.1.20', ['sg-far']);
  }

  async #endpoints(plan: SitePlan): Promise<void> {
    const VpcId = this.id('vpc-near');
    if (plan.gatewayEndpoint !== 'none')
      await this.#send(
        new ec2.CreateVpcEndpointCommand({
          VpcId,
          ServiceName: 'com.amazonaws.us-west-2.s3',
          RouteTableIds: [this.id(plan.gatewayEndpoint === 'routed' ? 'rtb-subnet-a' : 'rtb-subnet-b')],
        }),
      );
    if (plan.endpoint === 'none') return;
    await this.#send(
      new ec2.CreateVpcEndpointCommand({
        VpcId,
        VpcEndpointType: 'Interface',
        ServiceName: 'com.amazonaws.us-west-2.ssm',
        SubnetIds: [this.id('subnet-b')],
        SecurityGroupIds: [this.id(plan.endpoint === 'sharedGroup' ? 'sg-client' : 'sg-endpoint')],
        PrivateDnsEnabled: plan.endpoint !== 'noPrivateDns',
        ...(plan.endpoint === 'closedPolicy' && {
          PolicyDocument: '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}]}',
        }),
      }),
    );
  }
}
