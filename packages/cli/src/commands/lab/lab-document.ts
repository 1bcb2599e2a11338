import type { LabEnvironment, ProcessLabStatus } from '@directrix/lab';

/** The contract of `directrix lab up --json`; docs/cli.md has it. */
export interface LabUpDocument extends LabIdentity {
  readonly endpoint: string;
  readonly region: string;
  /** What a shell exports to talk to the lab. */
  readonly env: LabEnvironment;
  /** What the scenario has built. */
  readonly description: string | undefined;
}

/** The contract of `directrix lab status --json`, and what `GET /_lab/status` answers. */
export interface LabStatusDocument extends LabIdentity, ProcessLabStatus {}

export interface LabIdentity {
  readonly schema: 'directrix.lab/1';
  readonly id: string;
  readonly pid: number;
  /** Wall time. */
  readonly startedAt: string;
  readonly speed: number;
  /** `hyperbola:N1` */
  readonly scenario: string | undefined;
  readonly runDirectory: string;
}

/** The contract of `directrix lab down --json`. */
export interface LabDownDocument {
  readonly schema: 'directrix.lab/1';
  readonly ended: readonly { readonly id: string; readonly endpoint: string | undefined }[];
  /** Labs that were dead already, whose remains are gone now. */
  readonly cleaned: readonly { readonly id: string; readonly endedProcessCount: number }[];
}

/** The contract of `directrix lab image register --json`. */
export interface ImageDocument {
  readonly schema: 'directrix.image/1';
  readonly imageId: string;
  readonly name: string;
  readonly directory: string;
  readonly tags: Readonly<Record<string, string>>;
}
