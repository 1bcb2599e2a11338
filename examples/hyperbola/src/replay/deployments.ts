// The two ways to deploy 0.149.2: the cycler of 2018, and directrix.
import { CreateLaunchTemplateVersionCommand, DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { cycleGroup } from '../cycler-2018.js';
import { groupName } from '../scenario.js';
import { runDirectrix } from './directrix.js';
import type { PersonSighting } from './postmortem.js';
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
  /** What belongs to the line before. */
  readonly detail: (text: string) => void;
  /** What a person does in the story, for the postmortem. */
  readonly note: (what: PersonSighting['what'], text: string) => void;
}

/** The one that all acts deploy. */
export const release = '0.149.2';
const previous = '0.149.1';
/** Of five minutes as a user gets them by default: a replay is not watched for so long. */
const bakeTime = '60s';
/** Between two polls of the cycler, in lab time. */
const cyclerPauseMs = 5_000;
/** How long after its success somebody noticed, in lab time. In 2018 it was minutes. */
const noticedAfterMs = 60_000;
const recoveryDeadlineMs = 900_000;

/** As in 2018: Terraform makes the release the latest launch template version, the cycler cycles; then back, in the same way. */
export async function deployAsIn2018(deployment: Deployment): Promise<Ending> {
  const { stage, traffic, say, note } = deployment;
  const before = await describeSettings(stage);
  const startedAtMs = stage.time.elapsedMs();
  await publishLaunchTemplate(stage, release);
  say(`launch template: ${release} is $Latest; the cycler starts`);
  const cycled = await cycle(deployment, (text) => say(`cycler: ${text}`));
  const seconds = (stage.time.elapsedMs() - startedAtMs) / 1000;
  say(`the cycler reports success: ${cycled} instances cycled`);
  await stage.time.pause(noticedAfterMs);
  note('noticed', 'somebody sees that the site is down');
  note('decided', `back to ${previous}`);
  say(`somebody notices; back to ${previous}, with the same cycler`);
  await publishLaunchTemplate(stage, previous);
  await cycle(deployment, () => {});
  say('the cycler reports success again');
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
  say(`the old instances stay warm for ${bakeTime} here, 5 minutes by default (--bake)`);
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

async function runDeploy({ stage, signal, say, detail }: Deployment, more: readonly string[]): Promise<DeployAttempt> {
  const { exitCode, stdout, stderr } = await runDirectrix({
    args: ['deploy', '--group', groupName, '--version', release, '--bake', bakeTime, ...more, '--json'],
    env: stage.env,
    signal,
    onLine: (line) => {
      // The act has a clock of its own. A line without one belongs to the line before.
      const [, timed] = line.match(/^\d\d:\d\d +(.*)$/) ?? [];
      // What was found was told when it was refused.
      if (timed !== undefined) say(timed.replace(/^(PREFLIGHT_SKIPPED .*? was skipped): .*$/, '$1'));
      else if (/^(error|warning) /.test(line)) say(line);
      else if (line.trim() !== '') detail(line);
    },
  });
  return { exitCode, stderr, result: stdout === '' ? undefined : (JSON.parse(stdout) as DeployResult) };
}

function cycle({ stage }: Deployment, say: (text: string) => void): Promise<number> {
  const pause = () => stage.time.pause(cyclerPauseMs);
  return cycleGroup(groupName, { autoScaling: stage.autoScaling, pause, say });
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
    // Several in a row, and not the last ones: what was asked in them may still fail.
    const settled = record.seconds.slice(-6, -2);
    if (settled.length === 4 && settled.every(({ failed, succeeded }) => failed === 0 && succeeded > 0)) return;
    if (time.elapsedMs() > deadlineMs)
      throw new Error(`The site is still down ${recoveryDeadlineMs / 1000} s after the rollback`);
    await time.pause(1_000);
  }
}
