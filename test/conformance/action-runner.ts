// A runner of composite actions, as far as ours needs one: inputs and outputs put into the steps, `if`, `env`, `shell: bash`, and the
// files of the runner. What `uses` another action is written down and not run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'working-directory'?: string;
}

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly required?: boolean; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

interface ActionRun {
  readonly failed: boolean;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly log: string;
  readonly used: readonly { readonly uses: string; readonly with: Readonly<Record<string, string>> }[];
}

export function readAction(path: string): Action {
  return parse(readFileSync(path, 'utf8')) as Action;
}

type Names = Readonly<Record<string, string>>;

/** Throws for an input that the action does not have, as a runner warns of it. */
export function runAction(
  action: Action,
  given: Names,
  { workspace, temp, env = {} }: { readonly workspace: string; readonly temp: string; readonly env?: Names },
): ActionRun {
  for (const name of Object.keys(given))
    if (!(name in action.inputs)) throw new Error(`The action has no input ${name}.`);
  mkdirSync(temp, { recursive: true });
  const summaryFile = join(temp, 'summary.md');
  writeFileSync(summaryFile, '');
  const names: Record<string, string> = {};
  for (const [name, input] of Object.entries(action.inputs))
    names[`inputs.${name}`] = given[name] ?? input.default ?? '';
  const used: { uses: string; with: Names }[] = [];
  let failed = false;
  let log = '';
  for (const [index, step] of action.runs.steps.entries()) {
    if (failed || (step.if !== undefined && fill(step.if, names) !== 'true')) continue;
    if (step.uses !== undefined) {
      used.push({ uses: step.uses, with: fillAll(step.with ?? {}, names) });
      continue;
    }
    if (step.shell !== 'bash') throw new Error(`Step ${index} names no shell, which a composite action must.`);
    const script = join(temp, `step-${index}.sh`);
    const output = join(temp, `output-${index}`);
    writeFileSync(script, fill(step.run ?? '', names));
    writeFileSync(output, '');
    const child = spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', script], {
      cwd: resolve(workspace, fill(step['working-directory'] ?? '.', names)),
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH ?? '',
        HOME: temp,
        RUNNER_TEMP: temp,
        GITHUB_OUTPUT: output,
        GITHUB_STEP_SUMMARY: summaryFile,
        ...env,
        ...fillAll(step.env ?? {}, names),
      },
    });
    log += child.stdout + child.stderr;
    failed = child.status !== 0;
    for (const line of readFileSync(output, 'utf8').split('\n')) {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(line) ?? [];
      if (name !== undefined) names[`steps.${step.id}.outputs.${name}`] = value ?? '';
    }
  }
  const outputs = Object.entries(action.outputs).map(([name, { value }]) => [name, fill(value, names)] as const);
  return { failed, outputs: Object.fromEntries(outputs), summary: readFileSync(summaryFile, 'utf8'), log, used };
}

function fillAll(values: Names, names: Names): Names {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fill(String(value), names)]));
}

function fill(text: string, names: Names): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => evaluate(expression.trim(), names));
}

// Names, literals, == and !=, && and ||, brackets: https://docs.github.com/actions/reference/evaluate-expressions-in-workflows-and-actions
function evaluate(expression: string, names: Names): string {
  const tokens = [...expression.matchAll(/\s*(\(|\)|&&|\|\||==|!=|'[^']*'|[A-Za-z_][\w.-]*)/g)].map(
    ([, token]) => token!,
  );
  if (tokens.join('') !== expression.replace(/\s+(?=(?:[^']*'[^']*')*[^']*$)/g, ''))
    throw new Error(`This runner does not read ${expression}.`);
  let at = 0;
  const operand = (): string => {
    const token = tokens[at++];
    if (token === undefined) throw new Error(`${expression} ends too early.`);
    if (token === '(') {
      const value = or();
      at += 1;
      return value;
    }
    return token.startsWith("'") ? token.slice(1, -1) : (names[token] ?? '');
  };
  const equality = (): string => {
    const left = operand();
    const operator = tokens[at];
    if (operator !== '==' && operator !== '!=') return left;
    at += 1;
    return String((left === operand()) === (operator === '=='));
  };
  const and = (): string => {
    let value = equality();
    while (tokens[at] === '&&') {
      at += 1;
      const next = equality();
      value = isTrue(value) ? next : value;
    }
    return value;
  };
  const or = (): string => {
    let value = and();
    while (tokens[at] === '||') {
      at += 1;
      const next = and();
      value = isTrue(value) ? value : next;
    }
    return value;
  };
  return or();
}

function isTrue(value: string): boolean {
  return value !== '' && value !== 'false';
}
