import { setTimeout as sleep } from 'node:timers/promises';
import type { Ports } from './ports.js';

/** The machine's own clock and randomness, and its standard error. */
export const systemPorts: Ports = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  random: () => Math.random(),
  warn: (line) => process.stderr.write(`${line}\n`),
};
