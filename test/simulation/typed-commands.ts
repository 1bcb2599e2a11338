// typed-commands: what a hint prints, typed as it stands: `aws …` read as a shell and the AWS CLI read it, and sent by the SDK. Only what
// our own hints use is understood; anything else throws.
import * as autoScalingModule from '@aws-sdk/client-auto-scaling';
import * as ec2Module from '@aws-sdk/client-ec2';
import * as elbv2Module from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Site } from './site.js';

const services = {
  autoscaling: { module: autoScalingModule, client: 'autoScaling' },
  ec2: { module: ec2Module, client: 'ec2' },
  elbv2: { module: elbv2Module, client: 'elbv2' },
} as const;

/** Options that take several words. */
const lists = new Set(['--scaling-processes', '--targets']);

/** The commands in a hint, in their order. Each ends before the word that joins it to the next. */
export function commandsIn(hint: string): readonly string[] {
  return [
    ...hint.matchAll(/\b(?:aws|directrix) (?:(?! with an image|, then|, or|; |: | takes | begins | goes ).)+/g),
  ].map(([command]) => command.trim());
}

/** Types an `aws` command. Rejects with AWS's refusal. */
export async function typeAws(site: Site, line: string): Promise<void> {
  const [program, service = '', operation = '', ...words] = readWords(line);
  const known = services[service as keyof typeof services];
  if (program !== 'aws' || known === undefined) throw new Error(`not understood: ${line}`);
  const Command = (known.module as unknown as Record<string, new (input: object) => never>)[
    `${pascal(operation)}Command`
  ];
  if (Command === undefined) throw new Error(`no such operation: ${line}`);
  const client = site.clients[known.client] as Site['clients']['ec2'];
  await site.run(client.send(new Command(readOptions(words))));
}

function readWords(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}

function readOptions(words: readonly string[]): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (let at = 0; at < words.length; ) {
    const option = words[at++]!;
    const values: string[] = [];
    while (at < words.length && !words[at]!.startsWith('--')) values.push(words[at++]!);
    if (!option.startsWith('--') || values.length === 0) throw new Error(`not an option: ${option}`);
    input[pascal(option.slice(2))] = lists.has(option) ? values.map(readValue) : readValue(values[0]!);
  }
  return input;
}

/** JSON, `Key=value,Key=value`, or a word. */
function readValue(text: string): unknown {
  if (text.startsWith('{')) return JSON.parse(text);
  if (!/^[A-Z]\w*=/.test(text)) return text;
  return Object.fromEntries(text.split(',').map((pair) => pair.split(/=(.*)/).slice(0, 2)));
}

function pascal(kebab: string): string {
  return kebab.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
