import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from '../../command-context.js';
import { notes, optionWithDefault } from '../../help.js';
import type { DownOptions } from './down.js';
import type { RegisterImageOptions } from './register-image.js';
import type { StatusOptions } from './status.js';
import type { UpOptions } from './up.js';

/** What LocalStack made every tool expect. */
const defaultPort = 4566;
const greatestSpeed = 1_000;

export function registerLab(program: Command, context: CommandContext): void {
  const lab = program.command('lab').description('AWS on this machine: start it, look at it, stop it');
  registerUp(lab, context);
  registerStatus(lab, context);
  registerDown(lab, context);
  registerImage(lab, context);
}

function registerUp(lab: Command, context: CommandContext): void {
  lab
    .command('up')
    .description('start a lab; it runs until Ctrl-C, or in the background until `lab down`')
    .addOption(
      new Option('--port <n>', 'the port of the endpoint; 0 takes a free one')
        .default(defaultPort)
        .argParser(parsePort),
    )
    .addOption(
      new Option('--speed <x>', "how many times faster than real time the lab's clock runs")
        .default(1)
        .argParser(parseSpeed),
    )
    .option(
      '--scenario <name:variant>',
      'what to build in it first: a directory, examples/NAME, or an installed package',
    )
    .option('--detach', 'run it in the background, and return when it is ready')
    .option('--json', 'print one JSON document in place of shell exports')
    .addHelpText(
      'after',
      notes(`
Examples:
  eval "$(directrix lab up --detach)"          a lab, and this shell talks to it
  directrix lab up --scenario hyperbola:N1     the site of the incident
  directrix lab up --port 0 --speed 10 --json  for a program`),
    )
    .action(async (options: UpOptions) => {
      const { runUp } = await import('./up.js');
      await runUp(context, options);
    });
}

function registerStatus(lab: Command, context: CommandContext): void {
  lab
    .command('status')
    .description('show a lab: its clock, groups, instances, and where its load balancers answer')
    .addOption(optionWithDefault('--lab <id>', 'which lab', 'that of AWS_ENDPOINT_URL, or the only one'))
    .option('--json', 'print one JSON document')
    .action(async (options: StatusOptions) => {
      const { runStatus } = await import('./status.js');
      await runStatus(context, options);
    });
}

function registerDown(lab: Command, context: CommandContext): void {
  lab
    .command('down')
    .description('end a lab and everything in it, and clean up after labs that were killed')
    .addOption(optionWithDefault('--lab <id>', 'which lab', 'that of AWS_ENDPOINT_URL, or the only one'))
    .addOption(new Option('--all', 'every lab of this user').conflicts('lab'))
    .option('--json', 'print one JSON document')
    .action(async (options: DownOptions) => {
      const { runDown } = await import('./down.js');
      await runDown(context, options);
    });
}

function registerImage(lab: Command, context: CommandContext): void {
  const image = lab.command('image').description('images that a lab can boot');
  image
    .command('register')
    .description('make an image of a directory with an instance.json, and print its AMI id')
    .argument('<directory>', 'its instance.json says what an instance runs; nothing is copied')
    .requiredOption('--name <name>', 'the name of the image')
    .option('--tag <key=value>', 'a tag of the image; may be repeated; Version=… names its release', collectTag)
    .addOption(optionWithDefault('--lab <id>', 'which lab', 'that of AWS_ENDPOINT_URL, or the only one'))
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      notes(`
Example:
  directrix lab image register ./releases/0.149.2 --name web-0.149.2 \\
    --tag Version=0.149.2`),
    )
    .action(async (directory: string, options: RegisterImageOptions) => {
      const { runRegisterImage } = await import('./register-image.js');
      await runRegisterImage(context, directory, options);
    });
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError('Write a number from 0 to 65535.');
  return port;
}

function parseSpeed(text: string): number {
  const speed = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(speed > 0 && speed <= greatestSpeed)) {
    throw new InvalidArgumentError(`Write a number above 0 and up to ${greatestSpeed}.`);
  }
  return speed;
}

function collectTag(text: string, tags: Readonly<Record<string, string>> = {}): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('Write KEY=VALUE.');
  return { ...tags, [text.slice(0, equals)]: text.slice(equals + 1) };
}
