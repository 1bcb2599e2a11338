import type { IdSource, LabState } from '../control-plane/types.js';
import type { RoleCredentials } from '../data-plane.js';

/** A session of a role, as the lab remembers it. */
export interface Session {
  /** The instance whose role it is, or the name that AssumeRole was given. */
  readonly instanceId: string;
  readonly roleName: string;
  readonly credentials: RoleCredentials;
}

const SESSION_MS = 6 * 3_600_000;
const MOST_SESSIONS = 10_000;
const RENEW_BEFORE_EXPIRY_MS = 15 * 60_000;

/** The sessions that the instance metadata service has handed out. They expire by the wall, as the SDK in the instance reckons. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  readonly #currentOfInstance = new Map<string, Session>();

  readonly #state: LabState;
  readonly #ids: IdSource;
  readonly #wallNow: () => number;

  constructor(state: LabState, ids: IdSource, wallNow: () => number) {
    this.#state = state;
    this.#ids = ids;
    this.#wallNow = wallNow;
  }

  /** The instance's current credentials, new ones when they are about to expire; undefined when it has no role. */
  issue(instanceId: string): RoleCredentials | undefined {
    const roleName = this.#roleOf(instanceId);
    if (roleName === undefined) return undefined;
    const current = this.#currentOfInstance.get(instanceId);
    const isFresh =
      current?.roleName === roleName && current.credentials.expiresAt - this.#wallNow() > RENEW_BEFORE_EXPIRY_MS;
    return isFresh ? current.credentials : this.#renew(instanceId, roleName);
  }

  find(accessKeyId: string): Session | undefined {
    return this.#sessions.get(accessKeyId);
  }

  isExpired(session: Session): boolean {
    return session.credentials.expiresAt <= this.#wallNow();
  }

  /** A session of a role: of an instance, or of whoever assumed it under this name. */
  begin(sessionName: string, roleName: string, durationMs: number): RoleCredentials {
    const credentials: RoleCredentials = {
      roleName,
      accessKeyId: this.#ids.hex('ASIA', 16).toUpperCase(),
      secretAccessKey: this.#ids.hex('', 40),
      sessionToken: this.#ids.hex('IQoJb3JpZ2luX2Vj', 64),
      expiresAt: this.#wallNow() + durationMs,
    };
    this.#forgetExpired();
    this.#sessions.set(credentials.accessKeyId, { instanceId: sessionName, roleName, credentials });
    return credentials;
  }

  #renew(instanceId: string, roleName: string): RoleCredentials {
    const credentials = this.begin(instanceId, roleName, SESSION_MS);
    this.#currentOfInstance.set(instanceId, { instanceId, roleName, credentials });
    return credentials;
  }

  // Whoever begins sessions without end must not fill the memory; until then an expired one is refused as expired.
  #forgetExpired(): void {
    if (this.#sessions.size < MOST_SESSIONS) return;
    for (const [key, session] of this.#sessions) if (this.isExpired(session)) this.#sessions.delete(key);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MOST_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
  }

  #roleOf(instanceId: string): string | undefined {
    const profileArn = this.#state.ec2.instances.get(instanceId)?.instance.IamInstanceProfile?.Arn;
    if (profileArn === undefined) return undefined;
    for (const profile of this.#state.iam.instanceProfiles.values()) {
      if (profile.arn === profileArn) return profile.roleNames[0];
    }
    return undefined;
  }
}
