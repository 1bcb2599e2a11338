// 0.149.1 reads its settings from a flat file that was baked into the image.
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { type Settings, settingsFrom } from '../../site/settings.js';

const file = 'settings.env';

/** Read at import time, from the image's directory: the site does not start without them. */
export const settings: Settings = settingsFrom(
  new Map(Object.entries(parseEnv(readFileSync(file, 'utf8'))) as [string, string][]),
  file,
);
