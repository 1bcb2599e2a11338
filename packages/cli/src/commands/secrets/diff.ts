import { createHmac, randomBytes } from 'node:crypto';
import { readParametersBelow, type StoredParameter } from '@directrix/aws';
import type { CommandContext } from '../../command-context.js';
import { exitCode } from '../../exit-code.js';
import type { JsonOption } from './options.js';
import { countOf, formatTable } from './output.js';
import { normalizePath } from './parameter-limits.js';
import { pathEmpty, performSecrets, secretsSchema, writeJson } from './perform-secrets.js';

interface Side {
  readonly version: number;
  readonly type: string;
  /** Of the value, with a salt of this run: comparable within it, and useless after it. */
  readonly digest: string;
}

interface Difference {
  readonly name: string;
  readonly state: 'same' | 'differs' | 'onlyInA' | 'onlyInB';
  readonly a?: Side;
  readonly b?: Side;
}

export async function runDiff(
  context: CommandContext,
  givenA: string,
  givenB: string,
  options: JsonOption,
): Promise<void> {
  await performSecrets(context, options, async ({ ssm }) => {
    const [pathA, pathB] = [normalizePath(givenA), normalizePath(givenB)];
    const [a, b] = await Promise.all([
      readParametersBelow(ssm, pathA, { isDecrypted: true }),
      readParametersBelow(ssm, pathB, { isDecrypted: true }),
    ]);
    if (a.length === 0 && b.length === 0) throw pathEmpty(`${pathA} and ${pathB}`);
    const salt = randomBytes(32);
    const differences = compare(digestAll(a, pathA, salt), digestAll(b, pathB, salt));
    if (options.json) writeJson(context, { schema: secretsSchema, a: pathA, b: pathB, differences });
    else context.io.stdout.write(format(differences));
    const count = differences.filter(({ state }) => state !== 'same').length;
    context.io.stderr.write(`${countOf(count, 'difference')} among ${countOf(differences.length, 'name')}\n`);
    return count === 0 ? exitCode.done : exitCode.failed;
  });
}

function digestAll(secrets: readonly StoredParameter[], path: string, salt: Uint8Array): ReadonlyMap<string, Side> {
  return new Map(
    secrets.map(({ name, version, type, value }) => [
      name.slice(path.length),
      { version, type, digest: createHmac('sha256', salt).update(value).digest('hex').slice(0, 12) },
    ]),
  );
}

function compare(a: ReadonlyMap<string, Side>, b: ReadonlyMap<string, Side>): Difference[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort().map((name) => {
    const [inA, inB] = [a.get(name), b.get(name)];
    const state = !inB ? 'onlyInA' : !inA ? 'onlyInB' : inA.digest === inB.digest ? 'same' : 'differs';
    return { name, state, a: inA, b: inB };
  });
}

const words = { same: 'same', differs: 'differs', onlyInA: 'only in A', onlyInB: 'only in B' };

function format(differences: readonly Difference[]): string {
  const side = (given: Side | undefined) => (given ? `v${given.version} ${given.digest}` : '–');
  const rows = differences.map(({ name, state, a, b }) => [name, words[state], side(a), side(b)]);
  return formatTable(['name', '', 'A', 'B'], rows);
}
