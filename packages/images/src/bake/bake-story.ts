// bake story: what a bake has come to, from Packer's lines. Pure: one line at a time, a new story each.
import { type PackerLine, textOf } from './machine-output.js';

/** What Packer has made in the account, as far as it has said so. Each may outlive a Packer that is killed. */
export interface TemporaryThings {
  readonly keyPairNames: readonly string[];
  readonly securityGroupNames: readonly string[];
  readonly instanceIds: readonly string[];
}

export interface BakedImage {
  readonly region: string;
  readonly imageId: string;
}

export interface BakeStory {
  readonly made: TemporaryThings;
  /** The provisioner that runs, or ran last. */
  readonly provisioner: string | undefined;
  /** The last lines that a person was told, oldest first. */
  readonly lastLines: readonly string[];
  /** What Packer called an error, by build. */
  readonly errors: readonly { readonly build: string; readonly text: string }[];
  readonly images: readonly BakedImage[];
}

export const emptyStory: BakeStory = {
  made: { keyPairNames: [], securityGroupNames: [], instanceIds: [] },
  provisioner: undefined,
  lastLines: [],
  errors: [],
  images: [],
};

/** Enough for a traceback and what led to it. */
const keptLines = 200;

export function tellLine(story: BakeStory, line: PackerLine): BakeStory {
  if (line.type === 'error') {
    const text = line.data.join(',').trim();
    return text === '' ? story : { ...story, errors: [...story.errors, { build: line.target, text }] };
  }
  if (line.type === 'artifact' && line.data[1] === 'id')
    return { ...story, images: [...story.images, ...imagesIn(line.data[2])] };
  return textOf(line).reduce(tellText, story);
}

function imagesIn(id: string | undefined): BakedImage[] {
  return (id ?? '').split(',').flatMap((one) => {
    const [, region, imageId] = /^([a-z0-9-]+):(ami-[0-9a-f]+)$/.exec(one.trim()) ?? [];
    return region === undefined || imageId === undefined ? [] : [{ region, imageId }];
  });
}

function tellText(story: BakeStory, text: string): BakeStory {
  const { made } = story;
  const [, keyPair] = /^Creating temporary (?:\w+ )?keypair: (\S+)/.exec(text) ?? [];
  const [, group] = /^Creating temporary security group for this instance: (\S+)/.exec(text) ?? [];
  const [, instance] = /^Instance ID: (i-[0-9a-f]+)/.exec(text) ?? [];
  return {
    ...story,
    made: {
      keyPairNames: add(made.keyPairNames, keyPair),
      securityGroupNames: add(made.securityGroupNames, group),
      instanceIds: add(made.instanceIds, instance),
    },
    provisioner: provisionerIn(text) ?? story.provisioner,
    lastLines: [...story.lastLines, text].slice(-keptLines),
  };
}

function add(list: readonly string[], one: string | undefined): readonly string[] {
  return one === undefined || list.includes(one) ? list : [...list, one];
}

const starts: readonly (readonly [RegExp, (found: string) => string])[] = [
  [/^Provisioning with shell script: (.+)/, (file) => `shell script ${file}`],
  [/^Running local shell script: (.+)/, (file) => `local shell script ${file}`],
  [/^Provisioning with (Ansible)/, () => 'Ansible'],
  [/^Provisioning with (.+?)\.{0,3}$/, (name) => name],
  [/^Uploading (.+) => /, (file) => `upload of ${file}`],
];

function provisionerIn(text: string): string | undefined {
  for (const [pattern, name] of starts) {
    const [, found] = pattern.exec(text) ?? [];
    if (found !== undefined) return name(found);
  }
  return undefined;
}

/** Why a bake failed, as precisely as its output says. */
export interface BakeFailure {
  /** Undefined when it failed before or after provisioning. */
  readonly provisioner: string | undefined;
  /** Ansible's task. */
  readonly task?: string | undefined;
  /** Where: the script or playbook, and the line where it is said. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** What was said there. */
  readonly text: string;
  /** The last lines before the end, oldest first. */
  readonly lastLines: readonly string[];
}

const shownLines = 20;

export function explainFailure(story: BakeStory): BakeFailure {
  const { provisioner } = story;
  const lastLines = untilCleanUp(story.lastLines);
  const error =
    story.errors.at(-1)?.text ??
    lastLines.findLast((line) => /error|failed/i.test(line)) ??
    'Packer failed without an error.';
  const lines = lastLines.slice(-shownLines);
  const told = tellAnsible(lastLines) ?? tellPython(lastLines) ?? tellShell(lastLines);
  return { provisioner, ...told, text: told?.text ?? error, lastLines: lines };
}

/** What Packer says while it takes its builder away again says nothing of why. */
function untilCleanUp(lines: readonly string[]): readonly string[] {
  const at = lines.findIndex((line) =>
    /^(Provisioning step had errors|Terminating the source AWS instance)/.test(line),
  );
  return at <= 0 ? lines : lines.slice(0, at);
}

type Told = Pick<BakeFailure, 'task' | 'file' | 'line'> & { readonly text: string };

/** `TASK [collect static files]`, `fatal: […]: FAILED! => {…}`, `The error appears to be in '/x.yml': line 3, column 5`. */
function tellAnsible(lines: readonly string[]): Told | undefined {
  const at = lines.findLastIndex((line) => /^(fatal|failed): \[|^ERROR! |FAILED! =>/.test(line));
  const fatal = lines[at];
  if (fatal === undefined) return undefined;
  const task = lines.slice(0, at).findLast((line) => /^TASK \[/.test(line));
  const place = lines
    .map((line) => /error appears to be in '([^']+)': line (\d+)/.exec(line))
    .findLast((found) => found !== null);
  const python = tellPython(lines.slice(at).flatMap((line) => line.split('\\n')));
  const message = /"(?:msg|stderr)": "((?:[^"\\]|\\.)*)"/.exec(fatal)?.[1]?.replaceAll('\\"', '"');
  return {
    task: /^TASK \[(.*?)\]/.exec(task ?? '')?.[1],
    file: place?.[1] ?? python?.file,
    line: place?.[2] === undefined ? python?.line : Number(place[2]),
    text: python?.text ?? message ?? fatal,
  };
}

/** The innermost place of the last traceback, and the exception. */
function tellPython(lines: readonly string[]): Told | undefined {
  const start = lines.findLastIndex((line) => /Traceback \(most recent call last\):/.test(line));
  if (start < 0) return undefined;
  const places = lines.slice(start).map((line) => /File \\?"([^"\\]+)\\?", line (\d+)/.exec(line));
  const at = places.findLastIndex((found) => found !== null);
  const [, file, line] = places[at] ?? [];
  const text = lines
    .slice(start + at + 1)
    .find((one) => /^[A-Za-z_][\w.]*(Error|Exception|Warning|Exit|Interrupt|ImproperlyConfigured)\b/.test(one.trim()));
  return {
    file,
    line: line === undefined ? undefined : Number(line), // What Ansible quotes ends as JSON does.
    text: text?.trim().replace(/"(?:,.*|\})?$/, '') ?? lines.at(-1) ?? '',
  };
}

/** `/tmp/script_1.sh: line 4: foo: command not found`. */
function tellShell(lines: readonly string[]): Told | undefined {
  const found = lines.map((line) => /^(\S+): (?:line )?(\d+): (.+)$/.exec(line)).findLast((one) => one !== null);
  if (!found) return undefined;
  return { file: found[1], line: Number(found[2]), text: found[3] ?? '' };
}
