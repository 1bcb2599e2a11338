// A site in a lab on the virtual clock: a group behind a load balancer, releases as images, and directrix run against it as a user
// runs it, without a socket, a process or a sleep.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  DescribeAutoScalingGroupsCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateLaunchTemplateCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type AwsClients, createAwsClients } from '@directrix/aws';
import {
  createLab,
  createSimulatedDataPlane,
  createVirtualClock,
  type Lab,
  type MachineBehaviour,
  type SimulatedDataPlane,
  simulatedImageLocation,
  type Traffic,
  type VirtualClock,
} from '@directrix/lab';
import type { RolloutEvent } from '@directrix/rollout';
import { type Io, type RolloutDocument, runProgram, type World } from 'directrix';
import { createTestIo } from '../../packages/cli/src/io.fixture.js';

export interface SiteOptions {
  readonly desired?: number;
  readonly min?: number;
  readonly max?: number;
  /** What the group names: `$Latest`, `$Default` or a number. */
  readonly launchTemplateVersion?: string;
  readonly targetGroups?: number;
  readonly group?: Partial<CreateAutoScalingGroupCommandInput>;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Of `--json`. */
  readonly document: RolloutDocument;
}

/** What a test may do while a command runs. */
export interface CommandOptions {
  readonly signal?: AbortSignal;
  /** In place of the real ports: to die at a call. */
  readonly wrapClients?: (clients: AwsClients) => AwsClients;
  readonly machine?: string;
  readonly onCall?: (action: string) => void;
  readonly env?: Readonly<Record<string, string>>;
}

export class Site {
  /** For journals and evidence; removed at the end. */
  readonly directory = mkdtempSync(join(tmpdir(), 'directrix-simulation-'));
  readonly clock: VirtualClock;
  readonly dataPlane: SimulatedDataPlane;
  readonly lab: Lab;
  readonly clients: AwsClients;
  #listenerArn = '';
  #commands = 0;
  #traffic: Traffic | undefined;

  private constructor(seed: number) {
    this.clock = createVirtualClock({ startAt: '2018-11-11T08:04:00Z' });
    this.dataPlane = createSimulatedDataPlane();
    this.lab = createLab({ clock: this.clock, dataPlane: this.dataPlane, seed });
    this.clients = this.createClients();
  }

  static async create(options: SiteOptions = {}, seed = 1): Promise<Site> {
    await loadCommands();
    const site = new Site(seed);
    await site.run(site.#build(options));
    return site;
  }

  async close(): Promise<void> {
    this.clients.destroy();
    await this.lab.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Moves time until the promise settles. */
  run<T>(promise: Promise<T>): Promise<T> {
    return this.clock.run(promise);
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** An image that is tagged with the version (and more), and behaves so. */
  async registerRelease(
    version: string,
    behaviour: MachineBehaviour = {},
    tags: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const Tags = Object.entries({ Version: version, ...tags }).map(([Key, Value]) => ({ Key, Value }));
    const { ImageId } = await this.run(
      this.clients.ec2.send(
        new RegisterImageCommand({
          Name: `web-${version}-${JSON.stringify(behaviour).length}`,
          ImageLocation: simulatedImageLocation({ version, ...behaviour }),
          Architecture: 'x86_64',
          TagSpecifications: [{ ResourceType: 'image', Tags }],
        }),
      ),
    );
    return ImageId!;
  }

  /** Requests from users, until the report is asked for. */
  startTraffic(requestsPerSecond = 10): void {
    this.#traffic = this.dataPlane.startTraffic({ url: this.#listenerArn, requestsPerSecond });
  }

  /** `directrix <argv>` to its end, and a JSON document of it where the command has one. */
  directrix(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return this.run(this.start(argv, options));
  }

  async start(argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    const io = createTestIo({ env: { XDG_STATE_HOME: this.directory, ...options.env }, signal: options.signal });
    const exitCode = await runProgram(argv, io, this.#createWorld(options));
    const { written } = io;
    const isDocument = written.stdout.startsWith('{');
    return { exitCode, ...written, document: isDocument ? JSON.parse(written.stdout) : (undefined as never) };
  }

  deploy(version: string, more: readonly string[] = [], options: CommandOptions = {}): Promise<CommandResult> {
    return this.directrix(['deploy', '--group', 'web', '--version', version, '--json', ...more], options);
  }

  /** The traffic so far: nobody may have been failed. */
  traffic(): ReturnType<Traffic['report']> {
    return this.#traffic!.report();
  }

  /** All of the group that a user could see changed, but for the activities and the instances' own names. */
  async picture() {
    const [group] = (await this.run(this.clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({}))))
      .AutoScalingGroups!;
    const templates = await this.run(this.clients.ec2.send(new DescribeLaunchTemplatesCommand({})));
    const versions = await this.run(
      this.clients.ec2.send(
        new DescribeLaunchTemplateVersionsCommand({
          LaunchTemplateId: templates.LaunchTemplates![0]!.LaunchTemplateId,
        }),
      ),
    );
    return {
      group: { ...group!, Instances: undefined },
      // Those that are draining on their way out are not part of the group any more.
      instances: group!
        .Instances!.filter(({ LifecycleState }) => !/^(Terminat|Detach)/.test(LifecycleState!))
        .map(({ InstanceId, LifecycleState, HealthStatus, LaunchTemplate }) => ({
          InstanceId,
          LifecycleState,
          HealthStatus,
          version: LaunchTemplate?.Version,
        }))
        .sort((left, right) => left.InstanceId!.localeCompare(right.InstanceId!)),
      templates: templates.LaunchTemplates!.map(({ DefaultVersionNumber, LatestVersionNumber }) => ({
        DefaultVersionNumber,
        LatestVersionNumber,
      })),
      versions: versions.LaunchTemplateVersions!.map(({ VersionNumber }) => VersionNumber),
    };
  }

  /** The version that each instance of the group answers for. */
  async serving(): Promise<readonly (string | undefined)[]> {
    const [group] = (await this.run(this.clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({}))))
      .AutoScalingGroups!;
    const inService = group!.Instances!.filter(({ LifecycleState }) => LifecycleState === 'InService');
    return inService.map((instance) => {
      const imageId = this.lab.state.ec2.instances.get(instance.InstanceId!)?.instance.ImageId ?? '';
      return this.lab.state.ec2.tags.get(imageId)?.find(({ Key }) => Key === 'Version')?.Value;
    });
  }

  async describeInstances(ids: readonly string[]) {
    const answer = await this.run(this.clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [...ids] })));
    return answer.Reservations!.flatMap(({ Instances }) => Instances!);
  }

  #createWorld(options: CommandOptions): World {
    const clients = this.createClients(options.onCall);
    const command = ++this.#commands;
    return {
      clients: options.wrapClients?.(clients) ?? clients,
      clock: this.clock as World['clock'],
      fetch: ((url, init) => this.dataPlane.fetch(url, init as RequestInit)) as World['fetch'],
      holder: { name: `user@${options.machine ?? 'laptop'}`, pid: command, machine: options.machine ?? 'laptop' },
      // Every command of before has ended, however it ended.
      isProcessAlive: (pid) => pid === command,
      newRolloutId: () => `rollout-${command}`,
    };
  }

  /** Clients of the lab; `onCall` is told each call. */
  createClients(onCall?: (action: string) => void): AwsClients {
    return createAwsClients({
      version: '0.0.0',
      region: 'us-west-2',
      credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
      maxAttempts: 1,
      requestHandler: this.lab.requestHandler,
      onCall,
    });
  }

  async #build(options: SiteOptions): Promise<void> {
    const { ec2, elbv2, autoScaling } = this.clients;
    const desired = options.desired ?? 3;
    const VpcId = (await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))).Vpc!.VpcId!;
    const subnets: string[] = [];
    for (const [index, zone] of ['us-west-2a', 'us-west-2b'].entries()) {
      const subnet = { VpcId, CidrBlock: `10.0.${index}.0/24`, AvailabilityZone: zone };
      subnets.push((await ec2.send(new CreateSubnetCommand(subnet))).Subnet!.SubnetId!);
    }
    const GroupId = (await ec2.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId })))
      .GroupId!;
    // The load balancer and the instances are of one group, which lets them talk to each other and users talk to the load balancer.
    const web = { IpProtocol: 'tcp', FromPort: 80, ToPort: 81, IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
    await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [web] }));
    const targetGroups: string[] = [];
    for (let index = 0; index < (options.targetGroups ?? 1); index++)
      targetGroups.push(await this.#buildTargetGroup(VpcId, index));
    const balancer = await elbv2.send(
      new CreateLoadBalancerCommand({ Name: 'web', Subnets: subnets, SecurityGroups: [GroupId] }),
    );
    const LoadBalancerArn = balancer.LoadBalancers![0]!.LoadBalancerArn!;
    for (const [index, TargetGroupArn] of targetGroups.entries()) {
      const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn }];
      const listener = { LoadBalancerArn, Protocol: 'HTTP' as const, Port: 80 + index, DefaultActions };
      const made = await elbv2.send(new CreateListenerCommand(listener));
      if (index === 0) this.#listenerArn = made.Listeners![0]!.ListenerArn!;
    }
    const { ImageId } = await ec2.send(
      new RegisterImageCommand({
        Name: 'web-1',
        ImageLocation: simulatedImageLocation({ version: '1' }),
        Architecture: 'x86_64',
        TagSpecifications: [{ ResourceType: 'image', Tags: [{ Key: 'Version', Value: '1' }] }],
      }),
    );
    await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: 'web',
        LaunchTemplateData: { ImageId, InstanceType: 't3.micro', SecurityGroupIds: [GroupId] },
      }),
    );
    await autoScaling.send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        LaunchTemplate: { LaunchTemplateName: 'web', Version: options.launchTemplateVersion ?? '$Latest' },
        MinSize: options.min ?? 1,
        MaxSize: options.max ?? 2 * desired + 1,
        DesiredCapacity: desired,
        VPCZoneIdentifier: subnets.join(','),
        TargetGroupARNs: targetGroups,
        HealthCheckType: 'ELB',
        HealthCheckGracePeriod: 300,
        ...options.group,
      }),
    );
    // Booted, healthy, and seen so by the group.
    await this.clock.sleep(120_000);
  }

  async #buildTargetGroup(VpcId: string, index: number): Promise<string> {
    const { elbv2 } = this.clients;
    const made = await elbv2.send(
      new CreateTargetGroupCommand({
        Name: `web-${index}`,
        Protocol: 'HTTP',
        Port: 80,
        VpcId,
        HealthCheckPath: '/healthz',
        HealthCheckIntervalSeconds: 10,
        HealthCheckTimeoutSeconds: 5,
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 2,
      }),
    );
    const { TargetGroupArn } = made.TargetGroups![0]!;
    const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }];
    await elbv2.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
    return TargetGroupArn!;
  }
}

// Commands load their modules when they first run. That takes time of the wall, of which the virtual clock knows nothing: it would
// run ahead meanwhile.
let loading: Promise<unknown> | undefined;
function loadCommands(): Promise<unknown> {
  const silent = { write: () => undefined, isTTY: false, columns: 80 };
  const io: Io = { stdout: silent, stderr: silent, env: {}, cwd: '/', signal: new AbortController().signal };
  const commands = ['deploy', 'rollback', 'status', 'resume', 'abort', 'preflight'];
  const load = () =>
    Promise.all([
      ...commands.map((command) => runProgram([command, '--group', 'web'], io, {} as World)),
      // What only `--label-secrets` loads.
      import(fileURLToPath(new URL('../../packages/cli/dist/rollout/label-secrets.js', import.meta.url))),
    ]);
  loading ??= load();
  return loading;
}

/** The events that a journal holds, in their order. */
export function readJournal(text: string): RolloutEvent[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RolloutEvent);
}
