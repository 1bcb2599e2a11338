// An answer as a graph: components once each, traces as the ways through them. Mermaid and DOT are two spellings of it.
import { describeDestination, describeSource } from '../compare.js';
import type { Answer, Hop } from '../question.js';

interface Graph {
  readonly nodes: readonly { readonly key: string; readonly label: string; readonly outcome: Hop['outcome'] }[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** A Mermaid flowchart. */
export function toMermaid(answer: Answer): string {
  const graph = draw(answer);
  const lines = [
    'flowchart LR',
    ...graph.nodes.map((node) => `  ${node.key}["${escapeMermaid(node.label)}"]:::${node.outcome}`),
    ...graph.edges.map((edge) => `  ${edge.from} --> ${edge.to}`),
    '  classDef pass stroke:#2a7,stroke-width:2px',
    '  classDef stop stroke:#c33,stroke-width:3px',
    '  classDef unknown stroke:#999,stroke-dasharray:4',
  ];
  return `${lines.join('\n')}\n`;
}

/** A Graphviz digraph. */
export function toDot(answer: Answer): string {
  const graph = draw(answer);
  const colors: Readonly<Record<Hop['outcome'], string>> = { pass: '#22aa77', stop: '#cc3333', unknown: '#999999' };
  const lines = [
    'digraph reach {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...graph.nodes.map(
      (node) => `  ${node.key} [label=${JSON.stringify(node.label)}, color="${colors[node.outcome]}"];`,
    ),
    ...graph.edges.map((edge) => `  ${edge.from} -> ${edge.to};`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function draw(answer: Answer): Graph {
  const labels = new Map<string, { key: string; label: string; outcome: Hop['outcome'] }>();
  const node = (label: string, outcome: Hop['outcome']): string => {
    const known = labels.get(label) ?? { key: `n${labels.size}`, label, outcome: 'pass' as const };
    labels.set(label, { ...known, outcome: worse(known.outcome, outcome) });
    return known.key;
  };
  const edges = new Set<string>();
  const destination = describeDestination(answer.question);
  for (const trace of answer.traces) {
    const stations = [node(describeSource(answer.question.from), 'pass')];
    for (const hop of trace.hops) stations.push(node(labelOf(hop), hop.outcome));
    stations.push(node(destination, trace.verdict === 'reachable' ? 'pass' : 'unknown'));
    for (let at = 1; at < stations.length; at++) {
      if (stations[at - 1] !== stations[at]) edges.add(`${stations[at - 1]} ${stations[at]}`);
    }
  }
  const split = [...edges].map((edge) => edge.split(' ') as [string, string]);
  return { nodes: [...labels.values()], edges: split.map(([from, to]) => ({ from, to })) };
}

function labelOf(hop: Hop): string {
  return hop.direction === undefined ? `${hop.component} ${hop.id}` : `${hop.component} ${hop.id} ${hop.direction}`;
}

function worse(a: Hop['outcome'], b: Hop['outcome']): Hop['outcome'] {
  const order = ['pass', 'unknown', 'stop'] as const;
  return order[Math.max(order.indexOf(a), order.indexOf(b))] ?? 'unknown';
}

function escapeMermaid(text: string): string {
  return text.replaceAll('"', '#quot;');
}
