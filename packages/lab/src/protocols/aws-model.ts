// aws model: what AWS's published API models say that a request may hold, as tables beside the code (`packages/lab/model`).
//
// scripts/aws-model.mjs generates a table for each service; each names its source and version. A table is read when the first request of
// its service is checked, never at start-up.
import { readFileSync } from 'node:fs';
import type { ServiceName } from '../control-plane/types.js';

/** Least and most, both inclusive; null where the model says nothing. */
export type Bounds = readonly [least: number | null, most: number | null];

/** A shape of a request as far as it is constrained. A reference to a shape without a constraint is null. */
export interface ModelShape {
  /** Of a structure: the constrained members, by name, and their shapes. */
  readonly members?: Readonly<Record<string, string>>;
  /** Of a list: the shape of its items. */
  readonly list?: string | null;
  /** Of a map. */
  readonly key?: string | null;
  readonly value?: string | null;
  /** Characters of a string, items of a list, entries of a map. */
  readonly length?: Bounds;
  /** Of a number. */
  readonly range?: Bounds;
  readonly enum?: readonly string[];
  /** As AWS writes it, for Java. The whole text must match. */
  readonly pattern?: string;
  /** The same pattern where JavaScript writes it otherwise. */
  readonly javaScript?: string;
  /** The value must not be shown. */
  readonly sensitive?: true;
}

export interface AwsModel {
  readonly source: {
    readonly package: string;
    readonly version: string;
    /** In the data directory of the package. */
    readonly file: string;
    readonly licence: string;
    readonly copyright: string;
    readonly generator: string;
  };
  /** By operation: the shape of its input. An operation without a constraint is not here. */
  readonly operations: Readonly<Record<string, string>>;
  /** By operation: the documented filters of EC2, without those of tags. */
  readonly filters?: Readonly<Record<string, readonly string[]>>;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

const models = new Map<ServiceName, AwsModel>();

/** The table of a service. Throws when the package was installed without it. */
export function awsModelOf(service: ServiceName): AwsModel {
  let model = models.get(service);
  if (model === undefined) {
    const file = new URL(`../../model/${service}.json`, import.meta.url);
    model = JSON.parse(readFileSync(file, 'utf8')) as AwsModel;
    models.set(service, model);
  }
  return model;
}
