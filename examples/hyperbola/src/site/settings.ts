/** What the site cannot run without. Each release says where these come from. */
export interface Settings {
  /** Signs the contact form's token. */
  readonly secretKey: string;
  readonly databaseUrl: string;
  /** Where the contact form's messages go. */
  readonly contactAddress: string;
}

/** The names of the settings in the flat file and, below their path, in Parameter Store. */
export const settingNames = {
  secretKey: 'SECRET_KEY',
  databaseUrl: 'DATABASE_URL',
  contactAddress: 'CONTACT_ADDRESS',
} as const;

/**
 * Settings from values by name.
 *
 * @throws Error naming every setting that is missing or empty, and never a value.
 */
export function settingsFrom(values: ReadonlyMap<string, string>, source: string): Settings {
  const missing = Object.values(settingNames).filter((name) => !values.get(name));
  if (missing.length > 0) throw new Error(`${source} has no ${missing.join(', ')}`);
  return {
    secretKey: values.get(settingNames.secretKey)!,
    databaseUrl: values.get(settingNames.databaseUrl)!,
    contactAddress: values.get(settingNames.contactAddress)!,
  };
}
