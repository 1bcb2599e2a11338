// Latencies: how long answers took, in buckets each a fifth wider than the one before. Plain data, at most some 60 numbers.

/** Bucket number to how many answers fell into it; bucket k holds times up to 1.2 ** k milliseconds. */
export type Latencies = Readonly<Record<string, number>>;

const growth = 1.2;
/** Buckets beyond this hold what took longer than a minute. */
const lastBucket = 61;

export function addLatency(latencies: Latencies, durationMs: number): Latencies {
  const bucket = String(bucketOf(durationMs));
  return { ...latencies, [bucket]: (latencies[bucket] ?? 0) + 1 };
}

function bucketOf(durationMs: number): number {
  if (durationMs <= 1) return 0;
  return Math.min(lastBucket, Math.ceil(Math.log(durationMs) / Math.log(growth)));
}

export function countLatencies(latencies: Latencies): number {
  return Object.values(latencies).reduce((sum, count) => sum + count, 0);
}

/** How many answers took longer, by their buckets. */
export function countSlower(latencies: Latencies, limitMs: number): number {
  const limit = bucketOf(limitMs);
  return Object.entries(latencies)
    .filter(([bucket]) => Number(bucket) > limit)
    .reduce((sum, [, count]) => sum + count, 0);
}

/** The time in milliseconds that this share of the answers did not exceed, at most a fifth too high; undefined without answers. */
export function quantileOf(latencies: Latencies, share: number): number | undefined {
  const total = countLatencies(latencies);
  if (total === 0) return undefined;
  const buckets = Object.keys(latencies)
    .map(Number)
    .sort((a, b) => a - b);
  let seen = 0;
  for (const bucket of buckets) {
    seen += latencies[String(bucket)] ?? 0;
    if (seen >= share * total) return growth ** bucket;
  }
  return undefined;
}
