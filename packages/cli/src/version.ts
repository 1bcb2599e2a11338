import { createRequire } from 'node:module';

/** Directrix's own version, as its package says it. */
export const version: string = (createRequire(import.meta.url)('../package.json') as { version: string }).version;
