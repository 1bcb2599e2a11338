// An answer as lines of text, the way somebody would draw it at a whiteboard. Data only: whoever prints adds colour.
import { describeDestination, describeSource } from '../compare.js';
import type { Answer, Hop, Trace } from '../question.js';
import { describeEdit } from './edit-text.js';

const MARKS: Readonly<Record<Hop['outcome'], string>> = { pass: '+', stop: 'x', unknown: '?' };

/** The whole answer: each trace hop by hop, then faults with their fixes, then what is not known. */
export function describeTrace(answer: Answer): readonly string[] {
  const { question } = answer;
  return [
    `${describeSource(question.from)} -> ${describeDestination(question)}: ${answer.verdict}`,
    ...answer.traces.flatMap(traceLines),
    ...faultLines(answer),
    ...listLines('not known', answer.unknowns),
    ...listLines('note', answer.notes),
  ];
}

function traceLines(trace: Trace): readonly string[] {
  const from = [trace.subnetId, trace.availabilityZone && `(${trace.availabilityZone})`].filter(Boolean).join(' ');
  const to = trace.destinationAddress === undefined ? '' : ` to ${trace.destinationAddress}`;
  return ['', `from ${from}${to}: ${trace.verdict}`, ...trace.hops.map((hop) => `  ${hopLine(hop)}`)];
}

function hopLine(hop: Hop): string {
  const direction = hop.direction === undefined ? '' : ` ${hop.direction}`;
  return `${MARKS[hop.outcome]} ${hop.component} ${hop.id}${direction}: ${hop.detail}`;
}

function faultLines(answer: Answer): readonly string[] {
  if (answer.faults.length === 0) return [];
  const count = answer.faults.length === 1 ? '1 fault' : `${answer.faults.length} faults`;
  const lines = answer.faults.flatMap((fault, index) => [
    `  ${index + 1}. ${fault.code}: ${fault.explanation}`,
    ...fault.edits.map((edit) => `     fix: ${describeEdit(edit)}`),
  ]);
  return ['', `${count}:`, ...lines];
}

function listLines(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : ['', ...items.map((item) => `${title}: ${item}`)];
}
