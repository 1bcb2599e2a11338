// Request watch: what is asked of the site during a rollout, and what is expected of it. Plain data: the record carries it, so that
// a rollout that is resumed elsewhere is watched as before.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface Expectations {
  /** Any of these. Default: anything below 500. */
  readonly statusCodes?: readonly number[];
  readonly bodyIncludes?: string;
  /** A regular expression, without delimiters. */
  readonly bodyMatches?: string;
  /** A JSON pointer (RFC 6901) and the value there: `/status`, `"ok"`. */
  readonly json?: readonly { readonly pointer: string; readonly equals: Json }[];
  /** The header must be there, and include the text where one is given. */
  readonly headers?: readonly { readonly name: string; readonly includes?: string }[];
  /** Where a redirect must lead: the Location header, or what was followed last. */
  readonly location?: string;
  /** The whole answer must take no longer. */
  readonly durationMaxMs?: number;
  /** The certificate must be good for so many more days. */
  readonly certificateDaysLeast?: number;
}

export interface WatchedPath {
  /** With the query, if any: `/search?q=a`. */
  readonly path: string;
  /** Default GET. */
  readonly method?: string;
  /** What the operator expects of the answer; undefined: no server error, and no client error where there was none before. */
  readonly expect?: Expectations;
  /** The status with which it was answered before the rollout; undefined: nobody knows. */
  readonly usualStatus?: number;
}

export interface RequestWatch {
  readonly paths: readonly WatchedPath[];
  /** Of all paths together. */
  readonly requestsPerSecond: number;
  /** Where the load balancer answers, when not at its listener. */
  readonly url?: string;
  /** The header of an answer that names its version. */
  readonly versionHeader: string;
}
