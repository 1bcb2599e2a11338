import { resolve } from 'node:path';
import { readManifest } from '../commands/secrets/manifest.js';
import type { Io } from '../io.js';
import type { PreflightChoices } from './perform-preflight.js';

interface ChoiceOptions {
  readonly skip?: readonly string[];
  readonly secretsPath?: string;
  /** A `secrets.json`. */
  readonly secretsManifest?: string;
  readonly builder?: readonly string[];
}

/** Throws MANIFEST_INVALID or FILE_UNREADABLE. */
export async function readChoices(io: Io, options: ChoiceOptions): Promise<PreflightChoices> {
  const file = options.secretsManifest;
  const manifest = file === undefined ? undefined : await readManifest(resolve(io.cwd, file), file);
  return {
    skip: options.skip ?? [],
    secretsPath: options.secretsPath ?? manifest?.path,
    secretNames: manifest?.names,
    builders: options.builder ?? [],
  };
}
