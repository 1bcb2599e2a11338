// Stacks as `cdk synth` writes them, each with the verdict that AWS's rules give it, worked out by hand before the first run.
//
// Each case says in its name why the verdict is what it is. The question is about TCP 443 from the first group's launch to Parameter Store,
// unless the case names another destination.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildNetwork, type Destination, type Question, reach, snapshotFromTemplate } from '@directrix/reachability';
import { App, Aspects, aws_autoscaling as autoscaling, aws_ec2 as ec2, Fn, aws_iam as iam, Stack } from 'aws-cdk-lib';
import { afterAll, expect, test } from 'vitest';

const directory = mkdtempSync(join(tmpdir(), 'directrix-cdk-stacks-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const env = { account: '123456789012', region: 'us-west-2' };
const SSM: Destination = { kind: 'name', name: 'ssm.us-west-2.amazonaws.com' };
const S3: Destination = { kind: 'name', name: 's3.us-west-2.amazonaws.com' };
const SSM_SERVICE = ec2.InterfaceVpcEndpointAwsService.SSM;

interface Expected {
  readonly verdict: 'reachable' | 'unreachable' | 'partial' | 'unknown';
  readonly codes?: readonly string[];
  readonly to?: Destination;
  readonly access?: Question['access'];
}

type Case = readonly [why: string, build: (app: App) => void, expected: Expected];

const stackOf = (app: App, name = 'Site') => new Stack(app, name, { env });

function vpcOf(stack: Stack, props: ec2.VpcProps = {}, id = 'Vpc'): ec2.Vpc {
  return new ec2.Vpc(stack, id, { availabilityZones: ['us-west-2a', 'us-west-2b'], ...props });
}

function groupOf(
  stack: Stack,
  vpc: ec2.IVpc,
  props: Partial<autoscaling.AutoScalingGroupProps> = {},
): autoscaling.AutoScalingGroup {
  return new autoscaling.AutoScalingGroup(stack, 'Asg', {
    vpc,
    instanceType: new ec2.InstanceType('t3.micro'),
    machineImage: ec2.MachineImage.genericLinux({ 'us-west-2': 'ami-0c60db3fdd73d6bbd' }),
    ...props,
  });
}

/** Public and isolated subnets, no NAT gateway: the group goes to the isolated ones. */
function isolated(app: App, props: ec2.VpcProps = {}) {
  const stack = stackOf(app);
  return { stack, vpc: vpcOf(stack, { natGateways: 0, ...props }) };
}

function peered(app: App, hasRouteBack: boolean): void {
  const stack = stackOf(app);
  const near = vpcOf(stack, { natGateways: 0, ipAddresses: ec2.IpAddresses.cidr('10.0.0.0/16') }, 'Near');
  const far = vpcOf(stack, { natGateways: 0, ipAddresses: ec2.IpAddresses.cidr('10.1.0.0/16') }, 'Far');
  const peering = new ec2.CfnVPCPeeringConnection(stack, 'Peering', { vpcId: near.vpcId, peerVpcId: far.vpcId });
  const route = (name: string, from: ec2.Vpc, destinationCidrBlock: string) =>
    from.isolatedSubnets.map(
      ({ routeTable }, at) =>
        new ec2.CfnRoute(stack, `${name}${at}`, {
          routeTableId: routeTable.routeTableId,
          destinationCidrBlock,
          vpcPeeringConnectionId: peering.attrId,
        }),
    );
  route('There', near, '10.1.0.0/16');
  if (hasRouteBack) route('Back', far, '10.0.0.0/16');
  groupOf(stack, near);
  const server = new ec2.SecurityGroup(stack, 'Server', { vpc: far });
  server.addIngressRule(ec2.Peer.ipv4('10.0.0.0/16'), ec2.Port.tcp(443));
  new ec2.CfnInstance(stack, 'Database', {
    imageId: 'ami-0c60db3fdd73d6bbd',
    instanceType: 't3.micro',
    subnetId: far.isolatedSubnets[0]!.subnetId,
    securityGroupIds: [server.securityGroupId],
  });
}

const cases: readonly Case[] = [
  [
    'the default Vpc sends private subnets out through NAT gateways',
    (app) => {
      const stack = stackOf(app);
      groupOf(stack, vpcOf(stack));
    },
    { verdict: 'reachable' },
  ],
  [
    'an isolated subnet has no way out and no endpoint',
    (app) => {
      const { stack, vpc } = isolated(app);
      groupOf(stack, vpc);
    },
    { verdict: 'unreachable', codes: ['ENDPOINT_MISSING'] },
  ],
  [
    'an endpoint of CDK has private DNS and admits the range of the Vpc',
    (app) => {
      const { stack, vpc } = isolated(app);
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE });
      groupOf(stack, vpc);
    },
    { verdict: 'reachable' },
  ],
  [
    'open: false leaves the group of the endpoint without a rule',
    (app) => {
      const { stack, vpc } = isolated(app);
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE, open: false });
      groupOf(stack, vpc);
    },
    { verdict: 'unreachable', codes: ['SG_HAS_NO_RULES'] },
  ],
  [
    'open: false, and the group is let in by name',
    (app) => {
      const { stack, vpc } = isolated(app);
      const endpoint = vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE, open: false });
      endpoint.connections.allowDefaultPortFrom(groupOf(stack, vpc));
    },
    { verdict: 'reachable' },
  ],
  [
    'open: false and no private DNS are two faults, both told',
    (app) => {
      const { stack, vpc } = isolated(app);
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE, open: false, privateDnsEnabled: false });
      groupOf(stack, vpc);
    },
    { verdict: 'unreachable', codes: ['DNS_PRIVATE_DISABLED', 'SG_HAS_NO_RULES'] },
  ],
  [
    'allowAllOutbound: false leaves one rule, for an address that nobody has',
    (app) => {
      const { stack, vpc } = isolated(app);
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE });
      groupOf(stack, vpc, { allowAllOutbound: false });
    },
    { verdict: 'unreachable', codes: ['ENI_SG_RULES_MISMATCH'] },
  ],
  [
    'allowAllOutbound: false, and a connection to the endpoint writes both rules',
    (app) => {
      const { stack, vpc } = isolated(app);
      const endpoint = vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE, open: false });
      groupOf(stack, vpc, { allowAllOutbound: false }).connections.allowTo(endpoint, ec2.Port.tcp(443));
    },
    { verdict: 'reachable' },
  ],
  [
    'a rule for port 80 is no rule for port 443',
    (app) => {
      const { stack, vpc } = isolated(app);
      const endpoint = vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE, open: false });
      endpoint.connections.allowFrom(groupOf(stack, vpc), ec2.Port.tcp(80));
    },
    { verdict: 'unreachable', codes: ['ENI_SG_RULES_MISMATCH'] },
  ],
  [
    'the same group on both sides grants nothing without a rule that names it',
    (app) => {
      const { stack, vpc } = isolated(app);
      const securityGroup = new ec2.SecurityGroup(stack, 'Shared', { vpc });
      securityGroup.addIngressRule(ec2.Peer.ipv4('192.0.2.0/24'), ec2.Port.tcp(443));
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE, open: false, securityGroups: [securityGroup] });
      groupOf(stack, vpc, { securityGroup });
    },
    { verdict: 'unreachable', codes: ['SG_SHARED_NO_SELF_RULE'] },
  ],
  [
    'instances in public subnets get public addresses',
    (app) => {
      const { stack, vpc } = isolated(app);
      groupOf(stack, vpc, { vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } });
    },
    { verdict: 'reachable' },
  ],
  [
    'a public subnet is no way out for an instance without a public address',
    (app) => {
      const { stack, vpc } = isolated(app);
      groupOf(stack, vpc, {
        vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
        associatePublicIpAddress: false,
      });
    },
    // The public way that is broken is told beside the endpoint that is missing.
    { verdict: 'unreachable', codes: ['ENDPOINT_MISSING', 'IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS'] },
  ],
  [
    'a gateway endpoint takes an isolated subnet to S3',
    (app) => {
      const { stack, vpc } = isolated(app);
      vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
      groupOf(stack, vpc);
    },
    { verdict: 'reachable', to: S3 },
  ],
  [
    'a gateway endpoint for S3 takes nobody to Parameter Store',
    (app) => {
      const { stack, vpc } = isolated(app);
      vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
      groupOf(stack, vpc);
    },
    { verdict: 'unreachable', codes: ['ENDPOINT_MISSING'] },
  ],
  [
    'a gateway endpoint needs a rule of the group as well',
    (app) => {
      const { stack, vpc } = isolated(app);
      vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
      groupOf(stack, vpc, { allowAllOutbound: false });
    },
    { verdict: 'unreachable', codes: ['ENI_SG_RULES_MISMATCH'], to: S3 },
  ],
  [
    'a prefix list of the stack is read entry by entry',
    (app) => {
      const { stack, vpc } = isolated(app);
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE });
      const list = new ec2.CfnPrefixList(stack, 'List', {
        addressFamily: 'IPv4',
        maxEntries: 1,
        prefixListName: 'ours',
        entries: [{ cidr: '10.0.0.0/16' }],
      });
      const asg = groupOf(stack, vpc, { allowAllOutbound: false });
      asg.connections.allowTo(ec2.Peer.prefixList(list.attrPrefixListId), ec2.Port.tcp(443));
    },
    { verdict: 'reachable' },
  ],
  [
    'a prefix list that another stack owns may hold anything',
    (app) => {
      const { stack, vpc } = isolated(app);
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE });
      const asg = groupOf(stack, vpc, { allowAllOutbound: false });
      asg.connections.allowTo(ec2.Peer.prefixList(Fn.importValue('list')), ec2.Port.tcp(443));
    },
    { verdict: 'unknown' },
  ],
  [
    'an exported Vpc with its endpoint serves a group of another stack',
    (app) => {
      const vpc = vpcOf(stackOf(app, 'Network'), { natGateways: 0 });
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE });
      groupOf(stackOf(app), vpc);
    },
    { verdict: 'reachable' },
  ],
  [
    'the endpoint of another stack still admits nobody',
    (app) => {
      const vpc = vpcOf(stackOf(app, 'Network'), { natGateways: 0 });
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE, open: false });
      groupOf(stackOf(app), vpc);
    },
    { verdict: 'unreachable', codes: ['SG_HAS_NO_RULES'] },
  ],
  [
    'nothing is known of an imported Vpc',
    (app) => {
      const stack = stackOf(app);
      const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-0123456789abcdef0',
        availabilityZones: ['us-west-2a'],
        privateSubnetIds: ['subnet-0123456789abcdef0'],
      });
      groupOf(stack, vpc);
    },
    { verdict: 'unknown' },
  ],
  [
    'an Aspect switches private DNS off everywhere',
    (app) => {
      const { stack, vpc } = isolated(app);
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE });
      groupOf(stack, vpc);
      Aspects.of(app).add({
        visit: (node) => {
          if (node instanceof ec2.CfnVPCEndpoint) node.privateDnsEnabled = false;
        },
      });
    },
    { verdict: 'unreachable', codes: ['DNS_PRIVATE_DISABLED'] },
  ],
  [
    'private DNS needs the host names of the Vpc',
    (app) => {
      const { stack, vpc } = isolated(app, { enableDnsHostnames: false });
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE });
      groupOf(stack, vpc);
    },
    { verdict: 'unreachable', codes: ['DNS_VPC_ATTRIBUTES'] },
  ],
  [
    'an endpoint in one zone serves the other zone too',
    (app) => {
      const { stack, vpc } = isolated(app);
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE, subnets: { availabilityZones: ['us-west-2a'] } });
      groupOf(stack, vpc, { vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED } });
    },
    { verdict: 'reachable' },
  ],
  [
    'a resolver of one’s own may answer anything',
    (app) => {
      const { stack, vpc } = isolated(app);
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE });
      const options = new ec2.CfnDHCPOptions(stack, 'Dhcp', { domainNameServers: ['10.0.0.53'] });
      new ec2.CfnVPCDHCPOptionsAssociation(stack, 'DhcpOfVpc', { vpcId: vpc.vpcId, dhcpOptionsId: options.ref });
      groupOf(stack, vpc);
    },
    { verdict: 'unknown' },
  ],
  [
    'a network ACL that lets no answer in stops the connection',
    (app) => {
      const { stack, vpc } = isolated(app, {
        subnetConfiguration: [
          { name: 'app', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
          { name: 'endpoints', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
        ],
      });
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE, subnets: { subnetGroupName: 'endpoints' } });
      groupOf(stack, vpc, { vpcSubnets: { subnetGroupName: 'app' } });
      new ec2.NetworkAcl(stack, 'Acl', { vpc, subnetSelection: { subnetGroupName: 'app' } }).addEntry('Out', {
        cidr: ec2.AclCidr.anyIpv4(),
        ruleNumber: 100,
        traffic: ec2.AclTraffic.tcpPort(443),
        direction: ec2.TrafficDirection.EGRESS,
      });
    },
    { verdict: 'unreachable', codes: ['NACL_RETURN_EPHEMERAL'] },
  ],
  [
    'the policy of the endpoint does not allow what the release calls',
    (app) => {
      const { stack, vpc } = isolated(app);
      vpc.addInterfaceEndpoint('Ssm', { service: SSM_SERVICE }).addToPolicy(
        new iam.PolicyStatement({
          principals: [new iam.AnyPrincipal()],
          actions: ['ssm:GetParameter'],
          resources: ['*'],
        }),
      );
      groupOf(stack, vpc);
    },
    { verdict: 'unreachable', codes: ['POLICY_ENDPOINT'], access: { actions: ['ssm:GetParametersByPath'] } },
  ],
  [
    'peered, with a route on both sides',
    (app) => peered(app, true),
    { verdict: 'reachable', to: { kind: 'instance', instanceId: 'Database' } },
  ],
  [
    'peered, but no route leads the answers back',
    (app) => peered(app, false),
    {
      verdict: 'unreachable',
      codes: ['NO_ROUTE_TO_DESTINATION'],
      to: { kind: 'instance', instanceId: 'Database' },
    },
  ],
];

test.each(cases)('%s', (_, build, { verdict, codes = [], to = SSM, access }) => {
  const app = new App({
    outdir: mkdtempSync(join(directory, 'out-')),
    analyticsReporting: false,
    treeMetadata: false,
    builtinCloudFormationValidation: false,
  });
  build(app);
  const stacks = app.synth().stacks.map(({ stackName, template }) => ({
    name: stackName,
    template,
    region: env.region,
    accountId: env.account,
  }));
  const { snapshot, launches } = snapshotFromTemplate({ stacks });
  const answer = reach(buildNetwork(snapshot), { from: launches[0]!, to, port: 443, ...(access && { access }) });
  const told = [...new Set(answer.faults.map(({ code }) => code))].sort();
  expect({ verdict: answer.verdict, codes: verdict === 'unknown' ? [] : told }).toEqual({
    verdict,
    codes: [...codes].sort(),
  });
});
