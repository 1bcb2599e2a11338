// For tests: a value that is different in every encoding, and the search for it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Different in every encoding, and never the same twice. */
export function createSecret(): string {
  return `p@ss "w0rd"/'${crypto.randomUUID()}'\\n+é`;
}

/** The value as anybody might write it. */
export function encodingsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    JSON.stringify(JSON.stringify(value)).slice(3, -3),
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    // Within something longer, its bytes fall otherwise.
    bytes.subarray(1).toString('base64').slice(0, -4),
    bytes.subarray(2).toString('base64').slice(0, -4),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    encodeURIComponent(value),
    encodeURI(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    // The part that no encoding of text changes.
    value.slice(value.indexOf("'") + 1, value.indexOf("'") + 37),
  ];
}

/** The encodings in which the value stands in the text. */
export function findLeaks(text: string, value: string): string[] {
  return encodingsOf(value).filter((encoding) => text.includes(encoding));
}

export function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
