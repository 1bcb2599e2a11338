/** One request, as an ALB's access log tells it. The query is left out: it may carry what must not be logged. */
export interface AccessLogEntry {
  /** Lab time of the request's arrival, epoch milliseconds. */
  readonly at: number;
  readonly listenerArn: string;
  readonly clientAddress: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly traceId: string;
  /** The status the client got; 460 when it went away first. */
  readonly statusCode: number;
  /** Undefined when no target was chosen. */
  readonly target: { readonly targetGroupArn: string; readonly targetId: string; readonly port: number } | undefined;
  /** Undefined when the target did not answer. */
  readonly targetStatusCode: number | undefined;
  /** Why the load balancer answered by itself; undefined when the target's answer was passed on. */
  readonly errorReason: string | undefined;
  /** From arrival to the end, lab time. */
  readonly durationMs: number;
}

export type AccessLog = (entry: AccessLogEntry) => void;
