export type AgentErrorCode =
  | 'INVALID_ARGUMENT'
  | 'INVALID_CONFIG'
  | 'NO_INSTANCE_ID'
  | 'NO_REGION'
  | 'HEALTH_SOCKET_NOT_OPENED'
  | 'AGENT_NOT_INSTALLED';

/** Why the agent cannot begin. Once it runs, nothing ends it but a signal. */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly hint: string | undefined;

  constructor(
    readonly code: AgentErrorCode,
    message: string,
    details: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.hint = details.hint;
  }
}
