// resource facts: what AWS's resource schemas say of the types that the lab emulates, as a table beside the code.
//
// scripts/cloudformation-types.mjs generates packages/lab/model/cloudformation-types.json. It is read when the first stack is.
import { readFileSync } from 'node:fs';

export interface ResourceFacts {
  readonly properties: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
  /** A change of these replaces the resource ("Update requires: Replacement"). */
  readonly replace: ReadonlySet<string>;
  /** A change of these replaces the resource in some cases ("Some interruptions" and the like). */
  readonly maybe: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
}

type Names = Readonly<Record<keyof ResourceFacts, string>>;

/** Types that have no schema of their own. */
const UNLISTED: Readonly<Record<string, Names>> = {
  'AWS::CDK::Metadata': { properties: 'Analytics', required: '', replace: '', maybe: '', attributes: '' },
};

let table: Readonly<Record<string, Names>> | undefined;
const facts = new Map<string, ResourceFacts>();

/** What is known of a type; undefined when the lab does not emulate it. */
export function resourceFactsOf(type: string): ResourceFacts | undefined {
  const known = facts.get(type);
  if (known !== undefined) return known;
  const names = namesOf(type);
  if (names === undefined) return undefined;
  const set = (text: string) => new Set(text.split(' ').filter((name) => name !== ''));
  const read: ResourceFacts = {
    properties: set(names.properties),
    required: set(names.required),
    replace: set(names.replace),
    maybe: set(names.maybe),
    attributes: set(names.attributes),
  };
  facts.set(type, read);
  return read;
}

function namesOf(type: string): Names | undefined {
  if (table === undefined) {
    const file = new URL('../../../model/cloudformation-types.json', import.meta.url);
    const { types } = JSON.parse(readFileSync(file, 'utf8')) as { readonly types: Readonly<Record<string, Names>> };
    table = { ...types, ...UNLISTED };
  }
  return Object.hasOwn(table, type) ? table[type] : undefined;
}
