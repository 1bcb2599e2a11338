// stack-files: the templates of several stacks, with those that they nest: files, or a directory that `cdk synth` wrote.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isPlan, type Stack, type StackSet } from '@directrix/reachability';
import { DirectrixError } from '@directrix/rollout';
import { readTemplateFile, type TemplateFile } from './template-file.js';

/** Nested stacks may nest each other; deeper than this is a circle. */
const deepest = 10;

/**
 * One template or plan as it is; several templates, or the stacks of a `cdk.out`, as one set. Throws TEMPLATE_UNREADABLE.
 */
export function readStackFiles(cwd: string, paths: readonly string[]): TemplateFile {
  const found = paths.flatMap((path) => listStacks(resolve(cwd, path)));
  const files = found.map((one) => ({ ...one, file: readTemplateFile(one.path, readFileSync) }));
  const [first] = files;
  if (first === undefined) throw unreadable(paths.join(', '), 'has no stack');
  if (files.length > 1 && files.some(({ file }) => isPlan(file.json)))
    throw unreadable(paths.join(', '), 'is several files, of which one is a plan: a plan is read alone');
  const stacks = files.map(({ file, ...about }): Stack => ({ ...about, ...stackOf(file, about.name, 0) }));
  const hasNested = stacks.some(({ nested }) => Object.keys(nested ?? {}).length > 0);
  if (stacks.length === 1 && !hasNested && first.region === undefined) return first.file;
  const set: StackSet = { stacks };
  const lines = stacks.length === 1 ? first.file.lines : new Map<string, number>();
  return { path: stacks.length === 1 ? first.path : resolve(cwd, paths[0]!), text: '', json: set, lines };
}

interface FoundStack {
  readonly name: string;
  readonly path: string;
  readonly region?: string;
  readonly accountId?: string;
}

function listStacks(path: string): readonly FoundStack[] {
  const isDirectory = existsSync(path) && statSync(path).isDirectory();
  if (!isDirectory) return [{ name: basename(path).replace(/(\.template)?\.(json|ya?ml|template)$/, ''), path }];
  const manifest = join(path, 'manifest.json');
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(manifest, 'utf8'));
  } catch (cause) {
    throw unreadable(path, 'is a directory without the manifest.json of `cdk synth`', cause);
  }
  return stacksOfAssembly(path, recordOf(recordOf(json).artifacts));
}

// https://docs.aws.amazon.com/cdk/v2/guide/deploy.html: a stage is an assembly within the assembly.
function stacksOfAssembly(directory: string, artifacts: Readonly<Record<string, unknown>>): readonly FoundStack[] {
  return Object.entries(artifacts).flatMap(([id, value]): readonly FoundStack[] => {
    const { type, environment, properties } = recordOf(value);
    const { templateFile, directoryName, stackName } = recordOf(properties);
    if (type === 'cdk:cloud-assembly' && typeof directoryName === 'string')
      return listStacks(join(directory, directoryName));
    if (type !== 'aws:cloudformation:stack' || typeof templateFile !== 'string') return [];
    const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(String(environment)) ?? [];
    return [
      {
        name: typeof stackName === 'string' ? stackName : id,
        path: join(directory, templateFile),
        ...(region !== undefined && !region.startsWith('unknown') && { region }),
        ...(account !== undefined && /^\d{12}$/.test(account) && { accountId: account }),
      },
    ];
  });
}

function stackOf(file: TemplateFile, name: string, depth: number): Stack {
  const resources = recordOf(recordOf(file.json).Resources);
  const nested = Object.entries(resources).flatMap(([id, value]): readonly (readonly [string, Stack])[] => {
    const path = depth < deepest ? nestedPath(value, dirname(file.path)) : undefined;
    if (path === undefined) return [];
    return [[id, stackOf(readTemplateFile(path, readFileSync), id, depth + 1)]];
  });
  return { name, template: file.json, ...(nested.length > 0 && { nested: Object.fromEntries(nested) }) };
}

/** The file of a nested stack's template: the asset that CDK names, or a path beside the parent. One at a URL is not at hand. */
function nestedPath(resource: unknown, directory: string): string | undefined {
  const { Type, Properties, Metadata } = recordOf(resource);
  if (Type !== 'AWS::CloudFormation::Stack' && Type !== 'AWS::Serverless::Application') return undefined;
  const asset = recordOf(Metadata)['aws:asset:path'];
  const { TemplateURL, Location } = recordOf(Properties);
  const named = [asset, TemplateURL, Location].find((one): one is string => typeof one === 'string');
  if (named === undefined || /^https?:/.test(named)) return undefined;
  const path = join(directory, named);
  return existsSync(path) ? path : undefined;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function unreadable(path: string, why: string, cause?: unknown): DirectrixError {
  return new DirectrixError('TEMPLATE_UNREADABLE', `${path} ${why}.`, {
    source: '--template',
    hint: 'give a template, several of them, or the directory that `cdk synth` wrote',
    cause,
  });
}
