import { AwsError } from '../control-plane/aws-error.js';

/** Query parameters as the tree that their dotted names mean: `Filter.1.Name=x` is Filter -> 1 -> Name = x. */
export interface ParameterNode {
  value?: string;
  readonly children: Map<string, ParameterNode>;
}

const MOST_PARAMETERS = 20_000;
const DEEPEST_NAME = 32;

/** Reads a form body or a URL's query. Throws MalformedQueryString when it has more than anyone would send. */
export function parseQueryParameters(text: string): ParameterNode {
  const root: ParameterNode = { children: new Map() };
  let count = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    count += 1;
    if (count > MOST_PARAMETERS) {
      throw new AwsError('MalformedQueryString', `The query string has more than ${MOST_PARAMETERS} parameters.`);
    }
    findNode(root, name).value = value;
  }
  return root;
}

function findNode(root: ParameterNode, name: string): ParameterNode {
  const parts = name.split('.');
  if (parts.length > DEEPEST_NAME) {
    throw new AwsError('MalformedQueryString', `A parameter's name has more than ${DEEPEST_NAME} parts.`);
  }
  let node = root;
  for (const part of parts) {
    let child = node.children.get(part);
    if (child === undefined) {
      child = { children: new Map() };
      node.children.set(part, child);
    }
    node = child;
  }
  return node;
}

/** The numbered children in order: `Tag.2` after `Tag.1`. Gaps are closed, as AWS does. */
export function numberedChildren(node: ParameterNode, name: string): readonly ParameterNode[] {
  const numbered: [number, ParameterNode][] = [];
  for (const [key, child] of node.children) {
    if (!/^\d{1,9}$/.test(key))
      throw new AwsError('MalformedInput', `${name}.${key} is not an element of the list ${name}.`);
    numbered.push([Number(key), child]);
  }
  return numbered.sort(([a], [b]) => a - b).map(([, child]) => child);
}
