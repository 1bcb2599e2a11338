// request: what is asked of policies.

/** One action or resource; or `like`: some of those that match the pattern, and it is not known which. */
export type Asked = string | { readonly like: string };

export interface AccessRequest {
  /** `ssm:GetParameter`. */
  readonly action: Asked;
  /** An ARN, or `*` for an action that has no resources. */
  readonly resource: Asked;
  /** Undefined: not known. Policies of roles do not look at it. */
  readonly principal?: RequestPrincipal;
  readonly context?: RequestContext;
}

export interface RequestPrincipal {
  /** Of the role, of its session, of the user: every ARN that means the caller. */
  readonly arns: readonly string[];
  /** Undefined: read from the ARNs. */
  readonly accountId?: string;
  /** `ec2.amazonaws.com`, for a service that asks in its own name. */
  readonly service?: string;
  /**
   * Whether the service checks the caller's account against NotPrincipal before the caller itself. Undefined: not known, so a
   * NotPrincipal that names the caller without its account leaves it open.
   */
  readonly isAccountChecked?: boolean;
}

export interface RequestContext {
  /** By condition key, whatever its case. No value means: the request is known not to have the key. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** True: the request has no other keys. Otherwise whatever hangs on another key cannot be told. */
  readonly isComplete?: boolean;
}

/** The values of a key; undefined when they are not known. */
export type KeyLookup = (key: string) => readonly string[] | undefined;

export function lookUpIn({ values, isComplete = false }: RequestContext = { values: {} }): KeyLookup {
  const known = new Map(Object.entries(values).map(([key, list]) => [key.toLowerCase(), list]));
  return (key) => known.get(key.toLowerCase()) ?? (isComplete ? [] : undefined);
}
