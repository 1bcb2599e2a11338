// A site beside the one that is deployed to, in the same lab and behind the same load balancer, which nobody changes: what fails its users
// is the lab's own trouble (a machine without time for its processes, say), and says nothing of a deployer.
import { Agent, request } from 'node:http';
import {
  type AutoScalingClient,
  CreateAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateRuleCommand,
  CreateTargetGroupCommand,
  DescribeListenersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { until } from './real-lab.js';

export interface ControlSite {
  /** How many of its requests failed so far. */
  failed(): number;
  stop(): Promise<void>;
}

const host = 'control.example.com';
const requestsPerSecond = 10;
const patienceMs = 30_000;

/** One instance, launched as those of `likeGroup` are; its users ask at `url` all the while. */
export async function startControlSite(
  clients: { readonly autoScaling: AutoScalingClient; readonly elb: ElasticLoadBalancingV2Client },
  likeGroup: string,
  url: string,
): Promise<ControlSite> {
  const TargetGroupArn = await build(clients, likeGroup);
  await until(
    async () => (await clients.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }))).TargetHealthDescriptions,
    (targets) => targets?.some(({ TargetHealth }) => TargetHealth?.State === 'healthy') === true,
  );
  const agent = new Agent({ keepAlive: true });
  let failed = 0;
  const timer = setInterval(() => {
    ask(url, agent).then((isAnswered) => {
      if (!isAnswered) failed += 1;
    });
  }, 1_000 / requestsPerSecond);
  return {
    failed: () => failed,
    async stop() {
      clearInterval(timer);
      agent.destroy();
    },
  };
}

async function build({ autoScaling, elb }: Parameters<typeof startControlSite>[0], likeGroup: string): Promise<string> {
  const { AutoScalingGroups = [] } = await autoScaling.send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [likeGroup] }),
  );
  const [like] = AutoScalingGroups;
  const answer = await elb.send(
    new DescribeTargetGroupsCommand({ TargetGroupArns: like?.TargetGroupARNs?.slice(0, 1) }),
  );
  const { LoadBalancerArns, VpcId, Protocol, Port, HealthCheckPath } = answer.TargetGroups![0]!;
  const made = await elb.send(
    new CreateTargetGroupCommand({
      Name: 'control',
      VpcId,
      Protocol,
      Port,
      HealthCheckPath,
      HealthCheckIntervalSeconds: 10,
    }),
  );
  const TargetGroupArn = made.TargetGroups![0]!.TargetGroupArn!;
  const { Listeners = [] } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn: LoadBalancerArns![0] }));
  await elb.send(
    new CreateRuleCommand({
      ListenerArn: Listeners[0]!.ListenerArn,
      Priority: 900,
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [host] } }],
      Actions: [{ Type: 'forward', TargetGroupArn }],
    }),
  );
  // By number: what it launches is no matter of a rollout's.
  const { LaunchTemplateId, Version } = like!.Instances![0]!.LaunchTemplate!;
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'control',
      LaunchTemplate: { LaunchTemplateId, Version },
      MinSize: 1,
      MaxSize: 1,
      VPCZoneIdentifier: like!.VPCZoneIdentifier,
      TargetGroupARNs: [TargetGroupArn],
    }),
  );
  return TargetGroupArn;
}

function ask(url: string, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(patienceMs);
    const asked = request(url, { agent, headers: { host }, signal }, (answer) => {
      answer.resume();
      resolve((answer.statusCode ?? 500) < 500);
    });
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
