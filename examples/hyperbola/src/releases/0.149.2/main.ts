// It listens before it has its settings, so that whoever asks is told what keeps it from serving, and tries until it has them.
import { setTimeout as pause } from 'node:timers/promises';
import { healthOf, SecretsError } from '@directrix/secrets';
import type { Readiness } from '../../site/health.js';
import { serveSite } from '../../site/site.js';
import { loadSettings } from './settings.js';

const betweenTriesMs = 5_000;
/** 0.149.4 is the same application, once more. */
const version = process.argv[2] ?? '0.149.2';

let readiness: Readiness = { isReady: false, why: 'starting' };
const closing = serveSite(version, () => readiness);

while (!readiness.isReady && !closing.aborted) {
  try {
    readiness = { isReady: true, settings: await loadSettings(version, closing) };
    console.log(`hyperbola ${version} serves`);
  } catch (error) {
    if (closing.aborted) break;
    if (!(error instanceof SecretsError)) throw error;
    readiness = { isReady: false, why: healthOf(error).text.replace(/^KO: /, '') };
    await pause(betweenTriesMs, undefined, { signal: closing }).catch(() => {});
  }
}
