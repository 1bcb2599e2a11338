// aws-clock: AWS's time, measured from the Date header of its answers.
//
// AWS stamps what it does (launches, activities, parameters) with its own clock, and a rollout compares those stamps with now. So now
// must be AWS's too, however wrong the clock of this machine is.
//
//   1. An answer was stamped between the moment when its request was sent and the moment when it arrived. That bounds the offset.
//   2. The offset moves only when an answer contradicts it, and then by as little as possible: a clock that is right is never touched.

export interface AwsClock {
  /** AWS's time. Epoch milliseconds. */
  now(): number;
  /** How far AWS's clock is ahead of this machine's, in milliseconds. 0 until an answer says otherwise. */
  readonly offsetMs: number;
  /** Learns from one answer: when its request was sent and when it arrived, by this machine's clock, and its Date header. */
  learn(answer: { readonly sentAt: number; readonly arrivedAt: number; readonly date: string | undefined }): void;
  /** This machine's clock, with which `sentAt` and `arrivedAt` are measured. */
  local(): number;
}

/** An HTTP date has whole seconds. */
const dateStepMs = 1_000;

export function createAwsClock(local: { now(): number }): AwsClock {
  let offsetMs = 0;
  return {
    now: () => local.now() + offsetMs,
    local: () => local.now(),
    get offsetMs() {
      return offsetMs;
    },
    learn({ sentAt, arrivedAt, date }) {
      const stampedAt = date === undefined ? Number.NaN : Date.parse(date);
      if (Number.isNaN(stampedAt) || arrivedAt < sentAt) return;
      const least = stampedAt - arrivedAt;
      const most = stampedAt + dateStepMs - sentAt;
      offsetMs = Math.min(Math.max(offsetMs, least), most);
    },
  };
}
