import type { Image } from '@aws-sdk/client-ec2';
import { z } from 'zod';

/**
 * What a simulated machine does, as an image carries it: ImageLocation `simulated:` followed by this as JSON, for example
 * `simulated:{"bootMs":20000,"version":"0.149.2"}`. Times are lab milliseconds.
 */
export interface MachineBehaviour {
  /** From `running` until it answers. Default 10,000. */
  readonly bootMs?: number;
  /** Which it reports on its health page. Default: the image's tag Version, else `unknown`. */
  readonly version?: string;
  /** `OK`, or `KO: why`, which answers 503. Default OK. */
  readonly status?: string;
  /** neverStarts: its front answers 502 to everything. refuses: nothing listens. drops: nothing ever answers. */
  readonly fault?: 'neverStarts' | 'refuses' | 'drops';
  /** After this long in service of answering, it stops listening for good. */
  readonly crashAfterMs?: number;
  /** From its first answer on: healthy for one period, 503 for the next, and so on. */
  readonly flapPeriodMs?: number;
  /** The share of requests, health checks apart, that it answers with 500; in [0, 1]. */
  readonly errorRate?: number;
  /** How long it takes to answer. Default 0. */
  readonly answerMs?: number;
  /** How long it takes to answer the requests that are `slowRate` of all, health checks apart: what makes a slow drain. */
  readonly slowAnswerMs?: number;
  readonly slowRate?: number;
  /** The ports on which it listens. Default: all. */
  readonly ports?: readonly number[];
  /** The path of its health page. Default /healthz. */
  readonly healthPath?: string;
}

const PREFIX = 'simulated:';
const DEFAULT_BOOT_MS = 10_000;

export type CompleteBehaviour = MachineBehaviour &
  Required<
    Pick<MachineBehaviour, 'bootMs' | 'version' | 'status' | 'errorRate' | 'answerMs' | 'slowRate' | 'healthPath'>
  >;

const milliseconds = z.number().min(0);
const share = z.number().min(0).max(1);
const behaviourSchema = z.strictObject({
  bootMs: milliseconds.exactOptional(),
  version: z.string().exactOptional(),
  status: z.string().exactOptional(),
  fault: z.enum(['neverStarts', 'refuses', 'drops']).exactOptional(),
  crashAfterMs: milliseconds.exactOptional(),
  flapPeriodMs: z.number().positive().exactOptional(),
  errorRate: share.exactOptional(),
  answerMs: milliseconds.exactOptional(),
  slowAnswerMs: milliseconds.exactOptional(),
  slowRate: share.exactOptional(),
  ports: z.array(z.number().int().min(1).max(65_535)).exactOptional(),
  healthPath: z.string().startsWith('/').exactOptional(),
}) satisfies z.ZodType<MachineBehaviour>;

/** What the image says. Throws an Error that says what cannot be read: an instance of it never starts. */
export function readBehaviour(image: Image | undefined): MachineBehaviour {
  const location = image?.ImageLocation ?? '';
  if (!location.startsWith(PREFIX) || location.length === PREFIX.length) return {};
  const parsed = behaviourSchema.safeParse(JSON.parse(location.slice(PREFIX.length)));
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}

export function completeBehaviour(behaviour: MachineBehaviour, image: Image | undefined): CompleteBehaviour {
  const tagged = image?.Tags?.find((tag) => tag.Key === 'Version')?.Value;
  return {
    bootMs: DEFAULT_BOOT_MS,
    version: tagged ?? 'unknown',
    status: 'OK',
    errorRate: 0,
    answerMs: 0,
    slowRate: 0,
    healthPath: '/healthz',
    ...behaviour,
  };
}

/** An ImageLocation for RegisterImage that makes machines behave so. */
export function simulatedImageLocation(behaviour: MachineBehaviour): string {
  return `${PREFIX}${JSON.stringify(behaviour)}`;
}
