// aws-cli: a printed `aws ec2 …` command, read as a shell and the AWS CLI read it, and sent by the SDK: in process, so that hundreds can
// be typed in a second. Only what our own commands use is understood; anything else throws.
import * as ec2Module from '@aws-sdk/client-ec2';

type Input = Record<string, unknown>;

/** Options that take several words. */
const lists = new Set([
  '--subnet-ids',
  '--security-group-ids',
  '--route-table-ids',
  '--add-subnet-ids',
  '--add-route-table-ids',
]);
/** Options whose value is written as `Key=value,Key=value`. */
const structures = new Set(['--ip-permissions', '--port-range']);
const flags: Readonly<Record<string, Input>> = {
  '--private-dns-enabled': { PrivateDnsEnabled: true },
  '--no-private-dns-enabled': { PrivateDnsEnabled: false },
  '--enable-dns-support': { EnableDnsSupport: { Value: true } },
  '--enable-dns-hostnames': { EnableDnsHostnames: { Value: true } },
  '--egress': { Egress: true },
  '--ingress': { Egress: false },
};
const protocolNumbers: Readonly<Record<string, string>> = { tcp: '6', udp: '17', icmp: '1' };

/** Types the line. Rejects with what EC2 answers when it refuses it. */
export async function typeCommand(ec2: ec2Module.EC2Client, line: string): Promise<unknown> {
  const [program, service, operation, ...words] = await readWords(ec2, line);
  if (program !== 'aws' || service !== 'ec2' || operation === undefined) throw new Error(`not understood: ${line}`);
  const command = `${pascal(operation)}Command`;
  const Command = (ec2Module as unknown as Record<string, new (input: Input) => never>)[command];
  if (Command === undefined) throw new Error(`no such operation: ${line}`);
  const query = words.indexOf('--query');
  const own = query < 0 ? words : words.slice(0, query);
  const answer = (await ec2.send(new Command(readOptions(own, line)))) as unknown as Input;
  return query < 0 ? answer : pick(answer, words[query + 1]!);
}

/** `AllocationId`, `SecurityGroups[0].GroupId` */
function pick(answer: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], answer);
}

/** Words of a shell: bare, in single quotes, or in double quotes around a command. */
async function readWords(ec2: ec2Module.EC2Client, line: string): Promise<string[]> {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:"\$\([^)]*\)"|'[^']*'|\\'|[^\s'"])+/g)) {
    let read = '';
    for (const [part, command, quoted] of word.matchAll(/"\$\(([^)]*)\)"|'([^']*)'|[^'"]+/g))
      read += command === undefined ? (quoted ?? part) : String(await typeCommand(ec2, command));
    words.push(read);
  }
  return words;
}

function readOptions(words: readonly string[], line: string): Input {
  let input: Input = {};
  for (let at = 0; at < words.length; ) {
    const option = words[at++]!;
    if (!option.startsWith('--')) throw new Error(`not an option: ${option} in ${line}`);
    const flag = flags[option];
    if (flag !== undefined) {
      input = { ...input, ...flag };
      continue;
    }
    const values: string[] = [];
    while (at < words.length && !words[at]!.startsWith('--')) values.push(words[at++]!);
    if (values.length === 0 || (values.length > 1 && !lists.has(option) && option !== '--filters'))
      throw new Error(`${option} in ${line}`);
    input[pascal(option.slice(2))] = readValue(option, values);
  }
  return input;
}

function readValue(option: string, values: readonly string[]): unknown {
  if (lists.has(option)) return values;
  if (option === '--filters') return values.map((value) => readFilter(value));
  const value = values[0]!;
  if (option === '--ip-permissions') return [readStructure(value)];
  if (structures.has(option)) return readStructure(value);
  if (option === '--protocol') return protocolNumbers[value] ?? value;
  return option === '--rule-number' ? Number(value) : value;
}

function readFilter(text: string): Input {
  const { Name, Values } = readStructure(text);
  return { Name, Values: [Values] };
}

/** `A=1,B=[{C=x}]` */
function readStructure(text: string): Input {
  const entries = [...text.matchAll(/(\w+)=(\[\{[^}]*\}\]|[^,]*)/g)].map(([, key, value]) => {
    const inner = /^\[\{(.*)\}\]$/.exec(value!)?.[1];
    if (inner !== undefined) return [key!, [readStructure(inner)]] as const;
    return [key!, /^-?\d+$/.test(value!) && /Port$|^From$|^To$/.test(key!) ? Number(value) : value!] as const;
  });
  return Object.fromEntries(entries);
}

function pascal(kebab: string): string {
  return kebab.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
