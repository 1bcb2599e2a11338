/** What the instance metadata service hands to an instance, and AssumeRole to whoever asks. */
export interface RoleCredentials {
  readonly roleName: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Epoch milliseconds of the wall clock, because the SDK in the instance compares it with its own. */
  readonly expiresAt: number;
}
