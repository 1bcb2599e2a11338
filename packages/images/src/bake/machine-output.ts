// machine output: the lines of `packer -machine-readable` as data. Pure.
//
//   1541923456,amazon-ebs,ui,say,==> amazon-ebs: Launching a source AWS instance...
//
// Time, target, type, data. https://developer.hashicorp.com/packer/docs/commands#machine-readable-output

export interface PackerLine {
  /** Epoch seconds, as Packer's machine has it. */
  readonly at: number | undefined;
  /** The build that it is about; empty for Packer itself. */
  readonly target: string;
  readonly type: string;
  readonly data: readonly string[];
}

/** Undefined for a line that is not of this form: a plugin's own output, a crash. */
export function parseLine(line: string): PackerLine | undefined {
  const [at = '', target = '', type, ...data] = line.replace(/\r$/, '').split(',');
  if (type === undefined || type === '' || !/^\d*$/.test(at)) return undefined;
  return { at: at === '' ? undefined : Number(at), target, type, data: data.map(unescapeText) };
}

function unescapeText(text: string): string {
  return text.replaceAll('%!(PACKER_COMMA)', ',').replaceAll('\\n', '\n').replaceAll('\\r', '\r');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: provisioners write colours.
const colors = /\u001b\[[0-9;]*m/g;

/**
 * What a person is told by the line: its lines without colours and without `==> build:`. Empty for other lines. A provisioner's own `\\n` cannot be
 * told from Packer's, so a line of a text that it quotes may come without the name of the build.
 */
export function textOf({ type, data }: PackerLine): readonly string[] {
  if (type !== 'ui') return [];
  const lines = (data[1] ?? '').replaceAll(colors, '').split(/\r?\n/);
  const [prefix = ''] = lines
    .map((line) => /^(?:==>|-->)?\s*([\w.-]+): /.exec(line)?.[1])
    .filter((name) => name !== undefined);
  const head = prefix === '' ? undefined : new RegExp(`^(?:==>|-->)?\\s*${prefix.replaceAll('.', '\\.')}: ?`);
  return lines
    .map((line) => (head === undefined ? line : line.replace(head, '')).trimEnd())
    .filter((line) => line !== '');
}
