// for-each: Fn::ForEach, written out before anything else is looked at.
import { evaluate, isRecord, isUnresolved, type Scope } from './intrinsics.js';

const PREFIX = 'Fn::ForEach::';

/** The value with every loop in it written out. A loop over what is not known is named in `unresolved`, and makes nothing. */
export function writeOutLoops(scope: Scope, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => writeOutLoops(scope, item));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      key.startsWith(PREFIX) ? entriesOfLoop(scope, key, item) : [[key, writeOutLoops(scope, item)] as const],
    ),
  );
}

function entriesOfLoop(scope: Scope, key: string, loop: unknown): readonly (readonly [string, unknown])[] {
  const [identifier, collection, body] = Array.isArray(loop) ? loop : [];
  const items = evaluate(scope, collection);
  if (typeof identifier !== 'string' || !isRecord(body) || !Array.isArray(items) || items.some(isUnresolved)) {
    scope.unresolved.add(key);
    return [];
  }
  return items.flatMap((item) => {
    const filled = writeOutLoops(scope, fillIn(body, identifier, String(item)));
    return isRecord(filled) ? Object.entries(filled) : [];
  });
}

// The identifier stands as a Ref, and as ${X} or &{X} in keys and texts; &{X} leaves out what is no letter or digit.
function fillIn(value: unknown, identifier: string, item: string): unknown {
  if (typeof value === 'string')
    return value
      .replaceAll(`\${${identifier}}`, item)
      .replaceAll(`&{${identifier}}`, item.replace(/[^A-Za-z0-9]/g, ''));
  if (Array.isArray(value)) return value.map((one) => fillIn(one, identifier, item));
  if (!isRecord(value)) return value;
  if (value.Ref === identifier && Object.keys(value).length === 1) return item;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [String(fillIn(key, identifier, item)), fillIn(one, identifier, item)]),
  );
}
