import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { DirectrixError } from '@directrix/rollout';
import { readConfiguration, type WatchConfiguration } from '@directrix/watch';
import type { Io } from '../../io.js';

const issuesShown = 20;

/** The configuration in the file. Throws FILE_UNREADABLE, and WATCH_FILE_INVALID with every fault's line and column. */
export function readWatchFile(io: Io, file: string, place?: string): WatchConfiguration {
  const reading = readConfiguration(readText(resolve(io.cwd, file), file), {
    env: io.env,
    place,
    placeDefault: hostname().split('.')[0] || 'here',
  });
  if ('configuration' in reading) return reading.configuration;
  const { issues } = reading;
  const told = issues
    .slice(0, issuesShown)
    .map(({ line, column, path, message }) => `${file}:${line}:${column}: ${path === '' ? '' : `${path} `}${message}`);
  const more = issues.length > issuesShown ? [`and ${issues.length - issuesShown} more`] : [];
  throw new DirectrixError('WATCH_FILE_INVALID', ['The configuration cannot be used.', ...told, ...more].join('\n  '), {
    kind: 'invalid',
    source: '--checks',
    hint: 'docs/watch.md describes the file',
  });
}

function readText(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new DirectrixError('FILE_UNREADABLE', `${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`, {
      kind: 'invalid',
      source: '--checks',
      cause: error,
    });
  }
}
