// options: what several commands of `secrets` are told alike.

export const parameterTypes = ['SecureString', 'String', 'StringList'] as const;
type ParameterTypeName = (typeof parameterTypes)[number];
export const exportFormats = ['dotenv', 'json', 'shell'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface JsonOption {
  readonly json?: boolean;
}

export interface RevealOption {
  readonly reveal?: boolean;
}

export interface WriteOptions {
  readonly type?: ParameterTypeName;
  readonly keyId?: string;
  readonly advanced?: boolean;
}
