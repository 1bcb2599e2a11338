// template text: a CloudFormation template as it is written, JSON or YAML with its short forms, as the JSON that it stands for.
import { type Document, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';

export interface TemplateText {
  /** Long forms only: `!Ref Vpc` is `{ Ref: Vpc }`. Not yet known to be a template. */
  readonly json: unknown;
  /** The line of each resource, counted from 1, by its logical id. */
  readonly lines: ReadonlyMap<string, number>;
}

/** Why a text is no template; the message begins with a verb and ends without a full stop. */
export class TemplateTextError extends Error {
  override readonly name = 'TemplateTextError';
}

/** Aliases may repeat a part; more nodes than these are a bomb and no template. */
const MOST_NODES = 500_000;

/** Throws TemplateTextError for what is neither JSON nor YAML, or too large once its aliases are followed. */
export function readTemplateText(text: string): TemplateText {
  const lineCounter = new LineCounter();
  // JSON is YAML too.
  const document = parseDocument(text, { lineCounter, logLevel: 'error', prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined)
    throw new TemplateTextError(`is neither JSON nor YAML: ${firstLine(error.message)}`, { cause: error });
  const json = jsonWithin(document);
  return { json, lines: linesOfResources(document.contents, lineCounter) };
}

// What refers to itself, or is nested without end, is too deep for any stack of calls.
function jsonWithin(document: Document.Parsed): unknown {
  try {
    return jsonOf(document.contents, { document, nodes: 0 });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TemplateTextError(`cannot be read: ${error.message}`, { cause: error });
  }
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/[:.]$/, '');
}

interface Reading {
  readonly document: Document.Parsed;
  nodes: number;
}

function jsonOf(node: unknown, reading: Reading): unknown {
  reading.nodes += 1;
  if (reading.nodes > MOST_NODES) throw new RangeError(`it has more than ${MOST_NODES} values`);
  if (isAlias(node)) return jsonOf(node.resolve(reading.document), reading);
  const tag = isScalar(node) || isSeq(node) || isMap(node) ? node.tag : undefined;
  const value = plainValue(node, reading);
  return tag?.startsWith('!') ? longForm(tag.slice(1), value) : value;
}

function plainValue(node: unknown, reading: Reading): unknown {
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map((item) => jsonOf(item, reading));
  return isMap(node) ? entriesOf(node, reading) : null;
}

function entriesOf(map: YAMLMap, reading: Reading): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    map.items.flatMap(({ key, value }): readonly (readonly [string, unknown])[] => {
      const name = String(isScalar(key) ? key.value : key);
      const content = jsonOf(value, reading);
      if (name !== '<<') return [[name, content]];
      return [content].flat().flatMap((merged) => Object.entries(merged ?? {}));
    }),
  );
}

/** `!Ref Vpc` is `{ Ref: Vpc }`, `!GetAtt A.B` is `{ 'Fn::GetAtt': 'A.B' }`. */
function longForm(name: string, value: unknown): unknown {
  return { [name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`]: value };
}

function linesOfResources(contents: unknown, lineCounter: LineCounter): ReadonlyMap<string, number> {
  const resources = isMap(contents) ? contents.get('Resources', true) : undefined;
  const lines = new Map<string, number>();
  for (const pair of isMap(resources) ? resources.items : [])
    if (isPair(pair) && isScalar(pair.key) && pair.key.range)
      lines.set(String(pair.key.value), lineCounter.linePos(pair.key.range[0]).line);
  return lines;
}
