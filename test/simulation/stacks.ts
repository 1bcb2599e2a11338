// stacks: an app of the CDK as CloudFormation gets it, in a lab on the virtual clock.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Parameter,
  type Stack as StackDescription,
  type Tag,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { App, DefaultStackSynthesizer, type Stack, type StackProps } from 'aws-cdk-lib';
import type { Site } from './site.js';

export const env = { account: '123456789012', region: 'us-west-2' };
/** What the CLI looks up in the account. */
const context = {
  [`availability-zones:account=${env.account}:region=${env.region}`]: ['a', 'b', 'c'].map(
    (zone) => `${env.region}${zone}`,
  ),
};
const Capabilities = ['CAPABILITY_NAMED_IAM' as const, 'CAPABILITY_AUTO_EXPAND' as const];
/** Far longer than anything takes: a stack that does not end fails by then. */
const HOUR_MS = 3_600_000;

/** What `cdk synth` writes of the stacks that `build` makes, in their order. */
export function synthesizeAll(build: (app: App, props: StackProps) => readonly Stack[]): readonly string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'directrix-stacks-'));
  try {
    const defaultStackSynthesizer = new DefaultStackSynthesizer({ generateBootstrapVersionRule: false });
    const app = new App({ outdir, analyticsReporting: false, defaultStackSynthesizer, context });
    const built = build(app, { env });
    app.synth();
    return built.map(({ templateFile }) => readFileSync(join(outdir, templateFile), 'utf8'));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

export function synthesize(build: (app: App, props: StackProps) => Stack): string {
  return synthesizeAll((app, props) => [build(app, props)])[0]!;
}

type Values = Readonly<Record<string, string>>;

export interface Stacks {
  readonly client: CloudFormationClient;
  create(
    StackName: string,
    TemplateBody: string,
    parameters?: Values,
    tags?: readonly Tag[],
  ): Promise<StackDescription>;
  update(StackName: string, TemplateBody: string, parameters?: Values): Promise<StackDescription>;
  delete(StackName: string): Promise<StackDescription>;
  /** `LogicalId STATUS: why` of what failed, the oldest first. */
  failures(stack: string): Promise<readonly string[]>;
}

export function openStacks(site: Site): Stacks {
  const client = new CloudFormationClient({
    requestHandler: site.lab.requestHandler,
    region: env.region,
    credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
    maxAttempts: 1,
  });
  const settle = async (StackName: string) => {
    const endsAt = site.clock.now() + HOUR_MS;
    for (;;) {
      await site.advance(5_000);
      const { Stacks = [] } = await site.run(client.send(new DescribeStacksCommand({ StackName })));
      const [stack] = Stacks;
      if (stack !== undefined && !stack.StackStatus?.endsWith('_IN_PROGRESS')) return stack;
      if (site.clock.now() > endsAt) throw new Error(`${StackName} is ${stack?.StackStatus} after an hour.`);
    }
  };
  const given = (parameters: Values): Parameter[] =>
    Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
  return {
    client,
    async create(StackName, TemplateBody, parameters = {}, tags = []) {
      const input = { StackName, TemplateBody, Capabilities, Parameters: given(parameters), Tags: [...tags] };
      const { StackId } = await site.run(client.send(new CreateStackCommand(input)));
      return settle(StackId!);
    },
    async update(StackName, TemplateBody, parameters = {}) {
      const input = { StackName, TemplateBody, Capabilities, Parameters: given(parameters) };
      const { StackId } = await site.run(client.send(new UpdateStackCommand(input)));
      return settle(StackId!);
    },
    async delete(StackName) {
      const { Stacks = [] } = await site.run(client.send(new DescribeStacksCommand({ StackName })));
      await site.run(client.send(new DeleteStackCommand({ StackName })));
      return settle(Stacks[0]!.StackId!);
    },
    async failures(StackName) {
      const { StackEvents = [] } = await site.run(client.send(new DescribeStackEventsCommand({ StackName })));
      return StackEvents.toReversed()
        .filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'))
        .map((event) => `${event.LogicalResourceId} ${event.ResourceStatus}: ${event.ResourceStatusReason}`);
    },
  };
}
