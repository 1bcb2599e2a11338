// A site in a lab on the virtual clock: a group behind a load balancer, releases as images, and directrix run against it as a user
// runs it, without a socket, a process or a sleep.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type AutoScalingGroup,
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
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
import { type AwsClients, type AwsClock, createAwsClients, createAwsClock, describeGroup } from '@directrix/aws';
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
import { deployerPermissions, freeActions } from '@directrix/preflight';
import type { RolloutEvent } from '@directrix/rollout';
import { createFetchTransport } from '@directrix/watch';
import { type Io, type RolloutDocument, runProgram, type World } from 'directrix';
import { createTestIo } from '../../packages/cli/src/io.fixture.js';

const endedStates = ['shutting-down', 'terminated'];

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
  /** By how much the clock of that machine is ahead of AWS's. */
  readonly clockAheadMs?: number;
  readonly onCall?: (action: string) => void;
  readonly env?: Readonly<Record<string, string>>;
  /** The working directory: where directrix.yaml is looked for. */
  readonly cwd?: string;
  /** How webhooks are called. */
  readonly post?: World['post'];
}

const listedActions = new Set([...deployerPermissions.flatMap(({ actions }) => actions), ...freeActions]);

export class Site {
  /** For journals and evidence; removed at the end. */
  readonly directory = mkdtempSync(join(tmpdir(), 'directrix-simulation-'));
  readonly clock: VirtualClock;
  readonly dataPlane: SimulatedDataPlane;
  readonly lab: Lab;
  readonly clients: AwsClients;
  #issueCredentials: Parameters<SimulatedDataPlane['attach']>[0]['issueCredentials'] = () => undefined;
  #listenerArn = '';
  readonly #unlisted = new Set<string>();
  #commands = 0;
  #traffic: Traffic | undefined;

  constructor(seed: number) {
    this.clock = createVirtualClock({ startAt: '2018-11-11T08:04:00Z', longestHoldWallMs: 2_000 });
    this.dataPlane = createSimulatedDataPlane();
    const attach = this.dataPlane.attach.bind(this.dataPlane);
    this.dataPlane.attach = (host) => {
      this.#issueCredentials = host.issueCredentials;
      attach(host);
    };
    this.lab = createLab({ clock: this.clock, dataPlane: this.dataPlane, seed });
    this.clients = this.createClients();
  }

  static async create(options: SiteOptions = {}, seed = 1): Promise<Site> {
    const site = await Site.createEmpty(seed);
    await site.run(site.#build(options));
    return site;
  }

  /** Nothing is in its lab: for a test that makes its own site. */
  static async createEmpty(seed = 1): Promise<Site> {
    await loadCommands();
    return new Site(seed);
  }

  /** Fails when a command made a call that no policy of `directrix iam-policy` would allow. */
  async close(): Promise<void> {
    this.clients.destroy();
    await this.lab.close();
    rmSync(this.directory, { recursive: true, force: true });
    if (this.#unlisted.size > 0)
      throw new Error(`${[...this.#unlisted].join(', ')}: not in packages/preflight/src/deployer-permissions.ts`);
  }

  /** Moves time until the promise settles. */
  run<T>(promise: Promise<T>): Promise<T> {
    return this.clock.run(promise);
  }

  advance(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** What the instance's metadata service hands out for its role. */
  credentialsOf(instanceId: string): { readonly accessKeyId: string; readonly secretAccessKey: string } {
    const credentials = this.#issueCredentials(instanceId);
    if (credentials === undefined) throw new Error(`${instanceId} has no role`);
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    return { accessKeyId, secretAccessKey, sessionToken } as never;
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
    const io = createTestIo({
      env: { XDG_STATE_HOME: this.directory, ...options.env },
      signal: options.signal,
      cwd: options.cwd,
    });
    const exitCode = await runProgram(argv, io, this.#createWorld(options, argv[0]));
    const { written } = io;
    // A line for each thing begins as a document does.
    const isDocument = written.stdout.startsWith('{') && !written.stdout.includes('}\n{');
    return { exitCode, ...written, document: isDocument ? JSON.parse(written.stdout) : (undefined as never) };
  }

  deploy(version: string, more: readonly string[] = [], options: CommandOptions = {}): Promise<CommandResult> {
    return this.run(this.startDeploy(version, more, options));
  }

  /** The same, and time stands still until the test moves it. */
  startDeploy(version: string, more: readonly string[] = [], options: CommandOptions = {}): Promise<CommandResult> {
    return this.start(['deploy', '--group', 'web', '--version', version, '--json', '--bake', '20s', ...more], options);
  }

  /** The group, as AWS describes it. */
  describeGroup(): Promise<AutoScalingGroup> {
    return this.run(describeGroup(this.clients, 'web'));
  }

  /** Everything that a proof or a canary makes outside of the group, and that still is there: kept evidence apart. */
  leftovers(): readonly string[] {
    const { elbv2, ec2 } = this.lab.state;
    const tagged = (id: string) => ec2.tags.get(id)?.find(({ Key }) => Key === 'directrix:role')?.Value;
    const proofs = [...ec2.instances.values()].filter(
      ({ instance }) => !endedStates.includes(instance.State?.Name ?? '') && tagged(instance.InstanceId!) === 'proof',
    );
    const shadows = [...elbv2.targetGroups.values()].filter(({ targetGroup }) =>
      targetGroup.TargetGroupName?.startsWith('directrix-'),
    );
    const rules = [...elbv2.listeners.values()].flatMap(({ rules }) =>
      [...rules.values()].filter(({ IsDefault }) => IsDefault !== true),
    );
    return [
      ...proofs.map(({ instance }) => `instance ${instance.InstanceId}`),
      ...shadows.map(({ targetGroup }) => `target group ${targetGroup.TargetGroupName}`),
      ...rules.map(({ RuleArn }) => `rule ${RuleArn}`),
    ];
  }

  /** The traffic so far: nobody may have been failed. */
  traffic(): ReturnType<Traffic['report']> {
    return this.#traffic!.report();
  }

  /** All of the group that a user could see changed, but for the activities and the instances' own names. */
  async picture() {
    const group = await this.describeGroup();
    const templates = await this.run(this.clients.ec2.send(new DescribeLaunchTemplatesCommand({})));
    const versions = await this.run(
      this.clients.ec2.send(
        new DescribeLaunchTemplateVersionsCommand({
          LaunchTemplateId: templates.LaunchTemplates![0]!.LaunchTemplateId,
        }),
      ),
    );
    return {
      group: { ...group, Instances: undefined },
      // Those that are draining on their way out are not part of the group any more.
      instances: group
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
    const group = await this.describeGroup();
    const inService = group.Instances!.filter(({ LifecycleState }) => LifecycleState === 'InService');
    return inService.map((instance) => {
      const imageId = this.lab.state.ec2.instances.get(instance.InstanceId!)?.instance.ImageId ?? '';
      return this.lab.state.ec2.tags.get(imageId)?.find(({ Key }) => Key === 'Version')?.Value;
    });
  }

  async describeInstances(ids: readonly string[]) {
    const answer = await this.run(this.clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [...ids] })));
    return answer.Reservations!.flatMap(({ Instances }) => Instances!);
  }

  #createWorld(options: CommandOptions, command: string | undefined): World {
    const { clockAheadMs = 0 } = options;
    const awsClock = createAwsClock({ now: () => this.clock.now() + clockAheadMs });
    const clients = this.createClients((action) => {
      // Whoever bakes, cleans up or looks back is no deployer: docs/images.md and docs/postmortem.md say what these may do.
      const isDeployer = !['bake', 'ship', 'finalize', 'postmortem'].includes(command ?? '');
      if (isDeployer && !listedActions.has(action)) this.#unlisted.add(action);
      options.onCall?.(action);
    }, awsClock);
    const number = ++this.#commands;
    const machine = options.machine ?? 'laptop';
    return {
      clients: options.wrapClients?.(clients) ?? clients,
      clock: { ...this.clock, now: () => awsClock.now() } as World['clock'],
      awsClockOffsetMs: () => awsClock.offsetMs,
      fetch: ((url, init) => this.dataPlane.fetch(url, init as RequestInit)) as World['fetch'],
      ...(options.post === undefined ? {} : { post: options.post }),
      transport: createFetchTransport(this.dataPlane.fetch, {
        now: () => this.clock.now(),
        elapsed: () => this.clock.now(),
      }),
      holder: { id: `${machine}-${number}`, name: `user@${machine}`, pid: number },
      // Every command of before on this machine has ended, however it ended.
      isProcessGone: (holder) => holder.name === `user@${machine}` && holder.pid !== number,
      newRolloutId: () => `rollout-${number}`,
      newToken: () => `token-${number}`,
    };
  }

  /** Clients of the lab; `onCall` is told each call. */
  createClients(onCall?: (action: string) => void, clock?: AwsClock): AwsClients {
    return createAwsClients({
      version: '0.0.0',
      region: 'us-west-2',
      credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
      maxAttempts: 1,
      requestHandler: this.lab.requestHandler,
      onCall,
      clock,
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
  const commands = [
    'deploy',
    'rollback',
    'status',
    'resume',
    'abort',
    'repair',
    'preflight',
    'history',
    'evidence',
    'postmortem',
  ];
  const load = () =>
    Promise.all([
      ...commands.map((command) => runProgram([command, '--group', 'web'], io, {} as World)),
      runProgram(['logs', 'none', '--group', 'web'], io, {} as World),
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
