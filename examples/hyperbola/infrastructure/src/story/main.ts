// The night of 2018-11-11 as changes of one stack: `npm run story`. Each network is deployed into a lab with the CLI of the CDK, and after
// each preflight is asked and a release is deployed. What was expected is checked: exit code 1 when something else happened.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeTargetGroupsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { groupName, putSettings, registerImages, waitForFleet } from '@directrix/hyperbola';
import type { Completion } from '@directrix/hyperbola/directrix';
import { chooseSpeed } from '@directrix/hyperbola/lab-time';
import { type Chapter, chapters } from './chapters.js';
import { openTools, type Tools, takeInventory } from './tools.js';

/** Of five minutes as a user gets them by default: a story is not watched for so long. */
const bakeTime = '30s';
const builder = 'packer-builder';
const stackName = 'hyperbola';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort(signal));

/** Something that the story does not have. */
class Surprise extends Error {}

const say = (text: string) => console.log(text);
let saidAt = performance.now();

process.exitCode = await tell(interrupted.signal).catch((error: Error) => {
  if (interrupted.signal.aborted) return 130;
  console.error(error instanceof Surprise ? `\nThis should not have happened. ${error.message}` : `\n${error.stack}`);
  return 1;
});

async function tell(signal: AbortSignal): Promise<number> {
  const home = mkdtempSync(join(tmpdir(), 'directrix-story-'));
  const startedAt = performance.now();
  try {
    const speed = await chooseSpeed(signal);
    say(`A lab is started; its clock runs ${speed} times as fast as yours.`);
    const tools = await openTools(speed, home, signal);
    try {
      await tellIn(tools, home, signal);
    } finally {
      await tools.close();
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  say(`\nAll as expected, in ${Math.round((performance.now() - startedAt) / 1000)} s.`);
  return 0;
}

async function tellIn(tools: Tools, home: string, signal: AbortSignal): Promise<void> {
  const { clients } = tools;
  await putSettings(clients.ssm);
  const images = await registerImages(clients.ec2, ['0.149.1', '0.149.2', '0.149.4']);
  expectExit('cdk bootstrap', await tools.cdk('bootstrap'), 0);
  const before = await takeInventory(clients);
  const context = (network: string) => ['-c', `network=${network}`, '-c', `image=${images['0.149.1']}`];
  for (const chapter of chapters) {
    say(`\n${chapter.title} (${chapter.network})`);
    const deploy = ['deploy', stackName, ...context(chapter.network), '--require-approval', 'never'];
    expectExit(`cdk deploy -c network=${chapter.network}`, await tools.cdk(...deploy), 0);
    if (chapter.network === 'N1') await waitUntilHealthy(tools, signal);
    await play(chapter, tools, home);
  }
  say('\nafterwards');
  const last = context('N5');
  expectExit('cdk diff', await tools.cdk('diff', stackName, ...last, '--fail'), 0, 'no differences');
  expectExit('cdk destroy', await tools.cdk('destroy', stackName, ...last, '--force'), 0);
  const left = (await takeInventory(clients)).filter((one) => !before.includes(one));
  if (left.length > 0) throw new Surprise(`The stack is gone, and this is left: ${left.join(', ')}.`);
  say('  nothing is left in the lab');
}

async function waitUntilHealthy({ clients: { elb } }: Tools, signal: AbortSignal): Promise<void> {
  const { TargetGroups } = await elb.send(new DescribeTargetGroupsCommand({}));
  await waitForFleet(elb, TargetGroups![0]!.TargetGroupArn!, signal);
}

/** What `directrix preflight --json` says, as far as the story reads it. */
interface Finding {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'note';
  readonly subject: string;
}

async function play(chapter: Chapter, { directrix }: Tools, home: string): Promise<void> {
  const { version, errors, builderWarnings, canBake } = chapter;
  const release = ['--group', groupName, '--version', version];
  const isRefused = errors.length > 0;

  const preflight = await directrix('preflight', ...release, '--json');
  const { findings } = JSON.parse(preflight.stdout) as { readonly findings: readonly Finding[] };
  const codes = (severity: Finding['severity'], isAbout: (finding: Finding) => boolean = () => true) =>
    [...new Set(findings.filter((one) => one.severity === severity && isAbout(one)).map(({ code }) => code))].sort();
  expectSame(`preflight in ${chapter.network}: errors`, codes('error'), errors);
  const ofBuilder = codes('warning', ({ subject }) => subject.includes(builder));
  expectSame(`preflight in ${chapter.network}: warnings about ${builder}`, ofBuilder, builderWarnings);
  expectExit('directrix preflight', preflight, isRefused ? 2 : 0, isRefused ? errors.join(', ') : 'no error');
  for (const code of ofBuilder) say(`    warning ${code}: ${builder}`);

  const journal = ['--journal', join(home, `${chapter.network}.jsonl`)];
  const deploy = await directrix('deploy', ...release, '--bake', bakeTime, ...journal, '--json');
  expectExit(`directrix deploy --version ${version}`, deploy, isRefused ? 2 : 0, isRefused ? 'refused' : 'shipped');

  if (isRefused) return;
  const reach = await directrix('reach', '--from', `lt:${builder}`, '--to', 'ssm:443', '--json');
  const told = canBake ? 'the next image can be built' : 'the next bake would fail (N4)';
  expectExit(`directrix reach --from lt:${builder} --to ssm:443`, reach, canBake ? 0 : 2, told);
}

function expectExit(what: string, { exitCode, stdout, stderr }: Completion, wanted: number, told = ''): void {
  if (exitCode !== wanted)
    throw new Surprise(`${what} ended with ${exitCode}, and ${wanted} was expected.\n${stdout}\n${stderr}`);
  say(`  ${what}: ${exitCode}${told === '' ? '' : `, ${told}`} (${Math.round((performance.now() - saidAt) / 1000)} s)`);
  saidAt = performance.now();
}

function expectSame(what: string, found: readonly string[], wanted: readonly string[]): void {
  if (found.join() === wanted.join()) return;
  throw new Surprise(`${what}: ${found.join(', ') || 'none'}; expected were ${wanted.join(', ') || 'none'}.`);
}
