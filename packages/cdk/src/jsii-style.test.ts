// The public declarations keep to what jsii takes, so that the constructs could be had in its other languages: no unions, no nameless types,
// no functions as values, everything readonly, and an I before what has behaviour.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PLAIN = /^(?:string|number|boolean|void|any|Date|(?:[a-z]\w*\.)?[A-Z]\w*)(?:\[\])?$/;
const LITERAL = /^("[^"]*"|\d+)$/;

/** What is wrong with the exported declarations of a `.d.ts`, as `Name.member: why`. */
function faultsOf(text: string): string[] {
  const faults: string[] = [];
  const exported = [...text.matchAll(/^export (?!\{)(?!\*)(?:declare )?(.*)$/gm)].map(([, rest]) => rest!);
  for (const rest of exported)
    if (!/^(?:abstract )?(?:class|interface|enum) /.test(rest) && !/^type \{.*\} from /.test(rest))
      faults.push(`${rest.slice(0, 30)}: neither a class, an interface nor an enum`);
  const blocks = text.matchAll(/^export (?:declare )?(?:abstract )?(class|interface) (\w+)([^{]*)\{\n([\s\S]*?)^\}/gm);
  for (const [, kind, name, bases, body] of blocks) {
    if (bases!.includes('<') || body!.includes('#')) faults.push(`${name}: generic, or with a #private member`);
    const members = membersOf(body!);
    const behaves = members.some((line) => isMethod(line)) || /extends .*\bI[A-Z]/.test(bases!);
    if (kind === 'interface' && behaves !== /^I[A-Z]/.test(name!))
      faults.push(`${name}: ${behaves ? 'behaves, and has no I' : 'is data, and has an I'}`);
    for (const line of members) faults.push(...memberFaults(line).map((why) => `${name}.${line}: ${why}`));
  }
  return faults;
}

/** One a line; those that jsii does not see are left out. */
function membersOf(body: string): string[] {
  const seen = body.replace(/\/\*\*(?:(?!\*\/)[\s\S])*@internal(?:(?!\*\/)[\s\S])*\*\/\s*[^\n]*\n/g, '');
  const lines = seen.replace(/\/\*\*[\s\S]*?\*\//g, '').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('private '));
}

const isMethod = (line: string) => /^(?:(?:static|protected|abstract) )*\w+\(/.test(line);

function memberFaults(line: string): string[] {
  if (isMethod(line)) {
    const found = /^[^(]*\((.*)\)(?:: (.*))?;$/.exec(line);
    if (found === null) return ['cannot be read'];
    const [, parameters = '', result = 'void'] = found;
    return [...parameters.split(', ').filter(Boolean), `: ${result}`].flatMap(typeFaults);
  }
  const isReadonly = /^(?:(?:static|protected|abstract) )*readonly /.test(line);
  return [...(isReadonly ? [] : ['not readonly']), ...typeFaults(line.replace(/;$/, ''))];
}

function typeFaults(declaration: string): string[] {
  const [, type = ''] = /(?::| =) (.*)$/.exec(declaration) ?? [];
  return PLAIN.test(type) || LITERAL.test(type) ? [] : [`the type ${type || '(none)'}`];
}

const declarations = join(__dirname, '..', 'dist');

test('every public declaration keeps to the rules', () => {
  const index = readFileSync(join(declarations, 'index.d.ts'), 'utf8');
  const modules = [...index.matchAll(/from '\.\/([\w-]+)'/g)].map(([, name]) => name!);
  expect(modules.length).toBeGreaterThan(4);
  expect(readdirSync(declarations)).toEqual(expect.arrayContaining(modules.map((name) => `${name}.d.ts`)));
  // Of the policy's module one interface is public.
  const texts = modules.map((name) => {
    const text = readFileSync(join(declarations, `${name}.d.ts`), 'utf8');
    return name === 'deploy-policy' ? text.replace(/^export (?!interface DeployGrantOptions)/gm, '') : text;
  });
  expect(texts.flatMap(faultsOf)).toEqual([]);
});

test.each([
  ['export declare function make(): void;', 'neither a class'],
  ['export type Kind = "a" | "b";', 'neither a class'],
  ['export interface Props {\n    readonly a?: string | number;\n}', 'the type string | number'],
  ['export interface Props {\n    a: string;\n}', 'not readonly'],
  ['export interface Props {\n    readonly a: readonly string[];\n}', 'the type readonly string[]'],
  ['export interface Props {\n    readonly a: {\n        b: string;\n    };\n}', 'the type {'],
  ['export interface Props {\n    readonly a: () => void;\n}', 'the type () => void'],
  ['export interface Thing {\n    act(): void;\n}', 'behaves, and has no I'],
  ['export interface IProps {\n    readonly a: string;\n}', 'is data, and has an I'],
  ['export declare class Box<T> {\n    readonly a: string;\n}', 'generic'],
  ['export declare class Box {\n    act(on: Map<string, string>): void;\n}', 'the type'],
])('%j is told', (text, why) => {
  expect(faultsOf(text).join('\n')).toContain(why);
});
