/** What `directrix bake` was given. */
export interface BakeOptions {
  readonly template: string;
  readonly version?: string;
  readonly packer: string;
  readonly var?: readonly string[];
  readonly varFile?: readonly string[];
  readonly only?: string;
  readonly secretsPath?: string;
  readonly secretsManifest?: string;
  readonly reaches?: readonly string[];
  readonly preflight: boolean;
  readonly timeout?: number;
  readonly clean?: boolean;
  readonly json?: boolean;
}
