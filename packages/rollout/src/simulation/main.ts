// main: npm run sim. Runs seeds and prints what they found; a single one prints its events, one a line. `--canary`: with a canary.
import { draw, drawCanary } from './draw.js';
import { simulate } from './simulate.js';

/** The part of the platform that a script needs; the package itself names none. */
const { process, console } = globalThis as unknown as {
  readonly process: { readonly argv: readonly string[]; exitCode?: number };
  readonly console: { log(line: string): void };
};

function readNumber(name: string): number | undefined {
  const index = process.argv.indexOf(name);
  return index < 0 ? undefined : Number(process.argv[index + 1]);
}

const one = readNumber('--seed');
const count = one === undefined ? (readNumber('--seeds') ?? 3_000) : 1;
const first = one ?? readNumber('--from') ?? 1;
const drawSeed = process.argv.includes('--canary') ? drawCanary : draw;
const outcomes = new Map<string, number>();
const broken: string[] = [];
for (let seed = first; seed < first + count; seed += 1) {
  const log = one === undefined ? undefined : (line: string) => console.log(line);
  try {
    const { record, violations } = await simulate({ ...drawSeed(seed), log });
    const ended = record.needs === undefined ? (record.outcome ?? 'none') : `${record.outcome} ${record.needs.code}`;
    outcomes.set(ended, (outcomes.get(ended) ?? 0) + 1);
    broken.push(...violations.map((violation) => `seed ${seed}: ${violation}`));
  } catch (error) {
    broken.push(`seed ${seed}: ${String(error)}`);
  }
}
for (const line of broken) console.log(line);
console.log(
  `${count} seeds: ${[...outcomes].map(([ended, number]) => `${number} ${ended}`).join(', ')}; ${broken.length} violations`,
);
if (broken.length > 0) process.exitCode = 1;
