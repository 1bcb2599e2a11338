import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DirectrixError } from '@directrix/rollout';
import { z } from 'zod';

/** What a scenario is handed. It builds everything through the AWS SDK over the endpoint, as it would in an account. */
interface ScenarioStage {
  readonly variant: string;
  readonly endpoint: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Tells the person who waits what is being done. */
  readonly say: (text: string) => void;
}

export interface Scenario {
  /** `hyperbola:N1`, as it was asked for. */
  readonly name: string;
  readonly variant: string;
  readonly module: string;
}

/** What a scenario's module exports. `prepare` throws for a variant it does not know, naming those it does. */
interface ScenarioModule {
  readonly prepare: (stage: ScenarioStage) => Promise<{ readonly description: string }>;
}

const commandDirectory = dirname(fileURLToPath(import.meta.url));

/**
 * Finds `NAME:VARIANT`: NAME is a directory, one of examples/ here, or a package that is installed here or beside this command, as
 * `NAME` or `@directrix/NAME`. Its package.json says `"directrix": { "scenario": "./dist/scenario.js" }`. Throws SCENARIO_UNKNOWN or
 * SCENARIO_INVALID.
 */
export function findScenario(name: string, cwd: string): Scenario {
  const colon = name.lastIndexOf(':');
  const place = colon < 0 ? name : name.slice(0, colon);
  const variant = colon < 0 ? '' : name.slice(colon + 1);
  for (const directory of place === '' ? [] : placesOf(place, cwd)) {
    const module = readScenarioPath(directory);
    if (module === undefined) continue;
    const path = resolve(realpathSync(directory), module);
    if (!existsSync(path)) {
      throw new DirectrixError('SCENARIO_INVALID', `The scenario ${place} is not built: there is no ${path}.`, {
        source: join(directory, 'package.json'),
        hint: 'npm run build',
      });
    }
    return { name, variant, module: path };
  }
  throw new DirectrixError('SCENARIO_UNKNOWN', `There is no scenario ${JSON.stringify(place)}.`, {
    source: '--scenario',
    hint: `write NAME:VARIANT, such as hyperbola:N1; NAME is a directory, one of examples/ in ${cwd}, or an installed package (NAME or @directrix/NAME), with directrix.scenario in its package.json`,
  });
}

function placesOf(place: string, cwd: string): string[] {
  const directories = [resolve(cwd, place), join(cwd, 'examples', place)];
  // A path is no package.
  if (!/^(@[\w.-]+\/)?[\w-][\w.-]*$/.test(place)) return directories;
  const packages = place.startsWith('@') ? [place] : [`@directrix/${place}`, place];
  return [...directories, ...[cwd, commandDirectory].flatMap((from) => installedFrom(from, packages))];
}

/** Where Node would look for the packages, the nearest first. */
function installedFrom(from: string, packages: readonly string[]): string[] {
  const here = packages.map((name) => join(from, 'node_modules', name));
  const parent = dirname(from);
  return parent === from ? here : [...here, ...installedFrom(parent, packages)];
}

/**
 * Loads the module and runs it. Rejects with SCENARIO_INVALID when it is none, with SCENARIO_FAILED and the scenario's own words when
 * it throws.
 */
export async function prepareScenario(
  scenario: Scenario,
  stage: Omit<ScenarioStage, 'variant'>,
): Promise<{ readonly description: string }> {
  const { prepare } = await loadScenario(scenario);
  stage.signal.throwIfAborted();
  try {
    return await prepare({ ...stage, variant: scenario.variant });
  } catch (cause) {
    if (stage.signal.aborted) throw cause;
    throw new DirectrixError('SCENARIO_FAILED', `The scenario ${scenario.name} could not be built: ${textOf(cause)}`, {
      source: scenario.module,
      cause,
    });
  }
}

async function loadScenario({ name, module: path }: Scenario): Promise<ScenarioModule> {
  let module: Partial<ScenarioModule>;
  try {
    module = (await import(pathToFileURL(path).href)) as Partial<ScenarioModule>;
  } catch (cause) {
    throw new DirectrixError('SCENARIO_INVALID', `The scenario ${name} cannot be loaded: ${textOf(cause)}`, {
      source: path,
      cause,
    });
  }
  if (typeof module.prepare === 'function') return module as ScenarioModule;
  throw new DirectrixError('SCENARIO_INVALID', `The scenario ${name} does not export a function prepare.`, {
    source: path,
  });
}

const scenarioManifest = z.looseObject({ directrix: z.looseObject({ scenario: z.string().optional() }).optional() });

function readScenarioPath(directory: string): string | undefined {
  const file = join(directory, 'package.json');
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
  try {
    return scenarioManifest.parse(JSON.parse(readFileSync(file, 'utf8'))).directrix?.scenario;
  } catch (cause) {
    throw new DirectrixError('SCENARIO_INVALID', `${file} cannot be read: ${textOf(cause)}`, { source: file, cause });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
