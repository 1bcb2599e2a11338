import type { Io } from '../../io.js';
import type { PreflightOptions } from './command.js';
import type { CheckedPreflight } from './run.js';

export function checkTemplate(_io: Io, _path: string, _options: PreflightOptions): CheckedPreflight {
  throw new Error('not yet');
}
