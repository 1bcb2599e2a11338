// check: everything that would make the bake fail and can be seen before an instance is launched, all of it at once.
import { resolve } from 'node:path';
import { askNetwork, type BakePath, type PackerTemplate, runPacker, type TemplateBuilder } from '@directrix/images';
import { runChild } from '@directrix/images/release';
import { describeEdit } from '@directrix/reachability';
import { DirectrixError } from '@directrix/rollout';
import type { CommandContext } from '../../command-context.js';
import { writeText } from '../../text/lines.js';
import type { World } from '../../world.js';
import type { GivenTemplate } from './given-template.js';
import type { BakeOptions } from './options.js';

interface Finding {
  readonly code: string;
  readonly text: string;
  readonly fix?: string | undefined;
}

const graceMs = 60_000;

/** Tells what was not checked, and every fault. Throws BAKE_PREFLIGHT_FAILED. */
export async function checkBake(
  { io }: CommandContext,
  world: World,
  given: GivenTemplate,
  options: BakeOptions,
  packerVersion: string,
): Promise<void> {
  const notes: string[] = [];
  const findings = [
    ...(await checkTemplate(io, given, options, packerVersion)),
    ...(await checkPlaybooks(io, given, notes)),
    ...(await checkNetwork(world, given.parsed, options, notes)),
  ];
  for (const note of notes) writeText(io.stderr, `not checked: ${note}\n`);
  for (const { code, text, fix } of findings) {
    writeText(io.stderr, `fault ${code}: ${text}\n`);
    if (fix !== undefined) writeText(io.stderr, `  what to do: ${fix}\n`);
  }
  if (findings.length === 0) return;
  throw new DirectrixError(
    'BAKE_PREFLIGHT_FAILED',
    `${findings.length === 1 ? 'A reason' : `${findings.length} reasons`} why the bake would fail: ${findings.map(({ code }) => code).join(', ')}.`,
    { hint: 'nothing was launched; --no-preflight bakes all the same' },
  );
}

async function checkTemplate(
  io: CommandContext['io'],
  given: GivenTemplate,
  options: BakeOptions,
  packerVersion: string,
): Promise<Finding[]> {
  const lines: string[] = [];
  const tools = {
    packer: options.packer,
    directory: given.directory,
    env: io.env,
    signal: io.signal,
    graceMs,
    onText: (text: string) => lines.push(text),
  };
  // Plugins are separate since 1.7, and `init` brings those that the template requires.
  if (given.isHcl && isAtLeast(packerVersion, 1, 7)) {
    const { code } = await runPacker({ ...tools, words: ['init', given.path] });
    if (code !== 0) return [{ code: 'BAKE_TEMPLATE_INVALID', text: `packer init: ${tail(lines)}` }];
  }
  const { code } = await runPacker({ ...tools, words: ['validate', '-machine-readable', ...given.words, given.path] });
  return code === 0 ? [] : [{ code: 'BAKE_TEMPLATE_INVALID', text: `packer validate: ${tail(lines)}` }];
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [first = 0, second = 0] = version.split('.').map(Number);
  return first > major || (first === major && second >= minor);
}

const shownLines = 8;

function tail(lines: readonly string[]): string {
  return lines.length === 0 ? 'it says nothing' : lines.slice(-shownLines).join(' | ');
}

/** A configuration or a playbook that Ansible cannot read fails in seconds here, and after minutes on a builder. */
async function checkPlaybooks(io: CommandContext['io'], given: GivenTemplate, notes: string[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const playbook of given.parsed.playbooks) {
    const file = resolve(given.directory, playbook);
    const words = ['--syntax-check', '--inventory', 'localhost,', file];
    const ended = await runChild('ansible-playbook', words, {
      directory: given.directory,
      env: io.env,
      signal: io.signal,
    }).catch((error: unknown) => {
      if ((error as { code?: string }).code === 'ENOENT') return undefined;
      throw error;
    });
    if (ended === undefined) notes.push(`${playbook}: ansible-playbook is not installed here`);
    else if (ended.code !== 0)
      findings.push({
        code: 'BAKE_PLAYBOOK_INVALID',
        text: `${playbook}: ${tail(
          `${ended.stderr}${ended.stdout}`
            .split('\n')
            .map((line) => line.trim())
            .filter((line) => line !== ''),
        )}`,
      });
  }
  return findings;
}

async function checkNetwork(
  world: World,
  { builders, unresolved }: PackerTemplate,
  options: BakeOptions,
  notes: string[],
): Promise<Finding[]> {
  const region = await world.clients.ec2.config.region();
  const paths = pathsOf(options, region);
  if (paths.length === 0) return [];
  const findings: Finding[] = [];
  for (const builder of builders.filter(({ type }) => type.startsWith('amazon-'))) {
    const unknown = unresolved.filter((one) => one.startsWith(`${builder.name} `));
    if (unknown.some((one) => /subnet_id|vpc_id|security_group/.test(one))) {
      notes.push(
        `the network of ${builder.name}: ${unknown.join(', ')} cannot be read from the template; give its variables`,
      );
      continue;
    }
    findings.push(...(await checkPaths(world, builder, paths, notes)));
  }
  return findings;
}

async function checkPaths(
  world: World,
  builder: TemplateBuilder,
  paths: readonly BakePath[],
  notes: string[],
): Promise<Finding[]> {
  const answers = await askNetwork(world.clients, builder, paths);
  if (answers === undefined) {
    notes.push(`the network of ${builder.name}: neither the template nor a default VPC says where it would be`);
    return [];
  }
  return answers.flatMap(({ path, verdict, faults, unknowns }) => {
    if (verdict === 'unknown') notes.push(`${builder.name} to ${path.name}: ${unknowns.join('; ')}`);
    return faults.map((fault) => ({
      code: fault.code,
      text: `builder ${builder.name} to ${path.name}: ${fault.explanation}`,
      fix: fault.edits.length === 0 ? undefined : fault.edits.map(describeEdit).join('; then '),
    }));
  });
}

function pathsOf({ secretsPath, secretsManifest, reaches = [] }: BakeOptions, region: string): readonly BakePath[] {
  const store = `ssm.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const readsSecrets = (secretsPath ?? 'none') !== 'none' || secretsManifest !== undefined;
  return [
    ...(readsSecrets ? [{ name: 'Parameter Store', host: store, port: 443 }] : []),
    ...reaches.map((text) => {
      const [, host, port] = /^([\w.-]+):(\d{1,5})$/.exec(text) ?? [];
      if (host === undefined)
        throw new DirectrixError('USAGE', `"${text}" is no host:port.`, { kind: 'invalid', source: '--reaches' });
      return { name: text, host, port: Number(port) };
    }),
  ];
}
