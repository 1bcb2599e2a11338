// named ids: which images, snapshots and parameters any piece of data names, however deep and in whatever text.
//
// AWS keeps adding places where an image can be named. So what is described is searched whole, and not only where its fields are known.

interface NamedIds {
  readonly imageIds: ReadonlySet<string>;
  readonly snapshotIds: ReadonlySet<string>;
  /** `resolve:ssm:/web/image:3` names `/web/image:3`. */
  readonly parameterReferences: ReadonlySet<string>;
}

// EC2's ids have 8 or 17 hexadecimal digits.
const imageId = /\bami-(?:[0-9a-f]{17}|[0-9a-f]{8})\b/g;
const snapshotId = /\bsnap-(?:[0-9a-f]{17}|[0-9a-f]{8})\b/g;
const parameterReference = /\bresolve:ssm:([A-Za-z0-9_./:@-]+)/g;

/** Data of AWS is a few levels deep; more would be a circle. */
const deepest = 50;

export function namedIn(...values: readonly unknown[]): NamedIds {
  const found = {
    imageIds: new Set<string>(),
    snapshotIds: new Set<string>(),
    parameterReferences: new Set<string>(),
  };
  const look = (value: unknown, depth: number): void => {
    if (typeof value === 'string') lookIn(value, found);
    else if (depth < deepest && typeof value === 'object' && value !== null)
      for (const [key, member] of Object.entries(value)) {
        look(member, depth + 1);
        if (key === 'UserData' && typeof member === 'string') lookIn(decoded(member), found);
      }
  };
  for (const value of values) look(value, 0);
  return found;
}

function lookIn(
  text: string,
  found: {
    readonly imageIds: Set<string>;
    readonly snapshotIds: Set<string>;
    readonly parameterReferences: Set<string>;
  },
): void {
  for (const [id] of text.matchAll(imageId)) found.imageIds.add(id);
  for (const [id] of text.matchAll(snapshotId)) found.snapshotIds.add(id);
  for (const [, reference = ''] of text.matchAll(parameterReference)) found.parameterReferences.add(reference);
}

const base64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

/** User data is base64 of a text, of which its ASCII is enough here. */
function decoded(text: string): string {
  if (!base64.test(text)) return '';
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let bits = 0;
  let held = 0;
  let out = '';
  for (const character of text) {
    const value = alphabet.indexOf(character);
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += String.fromCharCode((bits >> held) & 0xff);
    }
  }
  return out;
}
