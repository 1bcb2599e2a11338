import { setTimeout as sleep } from 'node:timers/promises';
import type { Ports } from './ports.js';

/** The machine's own clock and randomness, and its standard error. */
export const systemPorts: Ports = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
  sleepInBackground: (ms, signal) => sleep(ms, undefined, { signal, ref: false }),
  random: () => Math.random(),
  warn: (line) => void process.stderr.write(`${line}\n`),
};
