// The two ways to deploy 0.149.2: the cycler of 2018, and directrix.
import { CreateLaunchTemplateVersionCommand, DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { cycleGroup } from '../cycler-2018.js';
import { groupName } from '../scenario.js';
import { runDirectrix } from './directrix.js';
import { describeGroup, describeSettings, type Stage } from './stage.js';
import type { Traffic } from './traffic.js';

/** What `directrix deploy --json` says, as far as the replay reads it. */
export interface DeployResult {
  readonly outcome: string;
  readonly evidence: readonly { readonly code: string; readonly message: string }[];
  readonly quarantined: readonly {
    readonly instanceId: string;
    readonly bundle?: string;
    readonly consoleTail: readonly string[];
  }[];
  /** Of preflight, when it refused. */
  readonly findings?: readonly Finding[];
}

/** A finding of preflight, as far as the replay reads it. */
export interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly subject: string;
  readonly message: string;
  readonly fix?: { readonly text: string; readonly commands: readonly string[] };
}

export interface Ending {
  /** In a few words, for the table. */
  readonly outcome: string;
  /** Lab seconds from the command to its own verdict. */
  readonly seconds: number;
  readonly exitCode: number;
  /** Whether the group's settings and instances are what they were before. */
  readonly isGroupUnchanged: boolean;
  readonly result?: DeployResult;
  /** What preflight found, when the first try was refused for it. */
  readonly refusal?: readonly Finding[];
}

export interface Deployment {
  readonly stage: Stage;
  readonly traffic: Traffic;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

const release = '0.149.2';
const previous = '0.149.1';
/** Between two polls of the cycler, in lab time. */
const cyclerPauseMs = 5_000;
/** How long after its success somebody noticed, in lab time. In 2018 it was minutes. */
const noticedAfterMs = 60_000;
const recoveryDeadlineMs = 300_000;

/** As in 2018: Terraform makes the release the latest launch template version, the cycler cycles; then back, in the same way. */
export async function deployAsIn2018(deployment: Deployment): Promise<Ending> {
  const { stage, traffic, say } = deployment;
  const before = await describeSettings(stage);
  const startedAtMs = stage.time.elapsedMs();
  await publishLaunchTemplate(stage, release);
  say(`launch template: ${release} is $Latest; the cycler starts`);
  const cycled = await cycle(deployment);
  const seconds = (stage.time.elapsedMs() - startedAtMs) / 1000;
  say(`the cycler reports success: ${cycled} instances cycled`);
  await stage.time.pause(noticedAfterMs);
  say(`somebody notices; back to ${previous}, with the same cycler`);
  await publishLaunchTemplate(stage, previous);
  await cycle(deployment);
  await waitForAnswers(stage, traffic);
  say('the site answers again');
  return {
    outcome: 'success reported, site down',
    seconds,
    exitCode: 0,
    isGroupUnchanged: before === (await describeSettings(stage)),
  };
}

/** With `directrix deploy`, as a user would type it; when preflight refuses, once more with what it found overridden. */
export async function deployWithDirectrix(deployment: Deployment): Promise<Ending> {
  const { stage, signal, say } = deployment;
  const before = await describeSettings(stage);
  let startedAtMs = stage.time.elapsedMs();
  let attempt = await runDeploy(deployment, []);
  const refusal = attempt.exitCode === 2 && attempt.result?.findings ? attempt.result.findings : undefined;
  if (refusal !== undefined) {
    const codes = [...new Set(refusal.filter(({ severity }) => severity === 'error').map(({ code }) => code))];
    say(
      `refused, and nothing was changed. What if somebody insists? ${codes.map((code) => `--skip ${code}`).join(' ')}`,
    );
    startedAtMs = stage.time.elapsedMs();
    attempt = await runDeploy(
      deployment,
      codes.flatMap((code) => ['--skip', code]),
    );
  }
  signal.throwIfAborted();
  const { exitCode, stderr, result } = attempt;
  if (exitCode > 1 || result === undefined)
    throw new Error(`directrix deploy ended with exit code ${exitCode}\n${stderr.trimEnd()}`);
  return {
    outcome: `${refusal === undefined ? '' : 'refused; insisted: '}${result.outcome === 'done' ? 'shipped' : 'halted, rolled back'}`,
    seconds: (stage.time.elapsedMs() - startedAtMs) / 1000,
    exitCode,
    isGroupUnchanged: before === (await describeSettings(stage)),
    result,
    refusal,
  };
}

interface DeployAttempt {
  readonly exitCode: number;
  readonly stderr: string;
  readonly result?: DeployResult;
}

async function runDeploy({ stage, signal, say }: Deployment, more: readonly string[]): Promise<DeployAttempt> {
  const { exitCode, stdout, stderr } = await runDirectrix({
    args: ['deploy', '--group', groupName, '--version', release, ...more, '--json'],
    env: stage.env,
    signal,
    // Its own clock in front of each line; the act has one already.
    onLine: (line) => {
      if (line.trim() !== '') say(line.replace(/^\d\d:\d\d +/, ''));
    },
  });
  return { exitCode, stderr, result: stdout === '' ? undefined : (JSON.parse(stdout) as DeployResult) };
}

function cycle({ stage, say }: Deployment): Promise<number> {
  const pause = () => stage.time.pause(cyclerPauseMs);
  return cycleGroup(groupName, { autoScaling: stage.autoScaling, pause, say: (text) => say(`cycler: ${text}`) });
}

/** What `terraform apply` did: a new launch template version with the release's image. The group follows $Latest. */
async function publishLaunchTemplate(stage: Stage, version: string): Promise<void> {
  const group = await describeGroup(stage);
  const { Images } = await stage.ec2.send(
    new DescribeImagesCommand({ Owners: ['self'], Filters: [{ Name: 'tag:Version', Values: [version] }] }),
  );
  await stage.ec2.send(
    new CreateLaunchTemplateVersionCommand({
      LaunchTemplateId: group.LaunchTemplate!.LaunchTemplateId,
      SourceVersion: '$Latest',
      LaunchTemplateData: { ImageId: Images![0]!.ImageId },
    }),
  );
}

/** Until a whole second of requests was answered well again. */
async function waitForAnswers({ time }: Stage, { record }: Traffic): Promise<void> {
  const deadlineMs = time.elapsedMs() + recoveryDeadlineMs;
  for (;;) {
    const second = record.seconds.at(-2);
    if (second && second.failed === 0 && second.succeeded > 0) return;
    if (time.elapsedMs() > deadlineMs)
      throw new Error(`The site is still down ${recoveryDeadlineMs / 1000} s after the rollback`);
    await time.pause(1_000);
  }
}
