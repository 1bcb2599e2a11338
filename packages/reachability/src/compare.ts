// compare: who else's path changes between two snapshots.
//
// A change is made for one client; private DNS, routes and groups are shared by many. The default questions are everybody's: every
// instance and every launch, to every service that an endpoint serves before or after.

import { buildNetwork, type Network } from './network.js';
import type { Answer, Question, Source, Verdict } from './question.js';
import { reach } from './reach.js';
import type { NetworkSnapshot } from './snapshot.js';

export interface PathChange {
  readonly question: Question;
  readonly before: Answer;
  readonly after: Answer;
  /** `rerouted`: it reached and still reaches, by another way. */
  readonly kind: 'broken' | 'mended' | 'rerouted' | 'unsure' | 'otherFaults';
  /** BYSTANDER_BROKEN for a path that worked before and does not after. */
  readonly code?: 'BYSTANDER_BROKEN';
  readonly explanation: string;
}

/** The questions whose answer differs between two snapshots, in the order asked. Unchanged paths are left out. */
export function comparePaths(
  before: NetworkSnapshot,
  after: NetworkSnapshot,
  questions: readonly Question[] = everybodysQuestions(before, after),
): readonly PathChange[] {
  const old = buildNetwork(before);
  const next = buildNetwork(after);
  return questions.flatMap((question) => comparePath(old, next, question));
}

function comparePath(old: Network, next: Network, question: Question): readonly PathChange[] {
  const change = pathChangeOf(question, reach(old, question), reach(next, question));
  return change === undefined ? [] : [change];
}

/** How the answers differ; undefined when they do not. */
export function pathChangeOf(question: Question, before: Answer, after: Answer): PathChange | undefined {
  const kind = kindOf(before, after);
  if (kind === undefined) return undefined;
  const what = `${describeSource(question.from)} to ${describeDestination(question)}`;
  const because = after.faults.map((fault) => fault.explanation).join(' ');
  const broken = {
    code: 'BYSTANDER_BROKEN' as const,
    explanation: `${what} worked and would not any more. ${because}`.trim(),
  };
  if (kind === 'broken') return { question, before, after, kind, ...broken };
  return { question, before, after, kind, explanation: `${what}: ${before.verdict} before, ${after.verdict} after` };
}

function kindOf(before: Answer, after: Answer): PathChange['kind'] | undefined {
  if (worth(after.verdict) < worth(before.verdict) && after.verdict !== 'unknown') return 'broken';
  if (before.verdict !== after.verdict) {
    return before.verdict === 'unknown' || after.verdict === 'unknown' ? 'unsure' : 'mended';
  }
  if (after.verdict === 'reachable') return wayOf(before) === wayOf(after) ? undefined : 'rerouted';
  const codes = (answer: Answer) => answer.faults.map((fault) => fault.code).join(' ');
  return codes(before) === codes(after) ? undefined : 'otherFaults';
}

function worth(verdict: Verdict): number {
  return { reachable: 3, partial: 2, unknown: 1.5, unreachable: 1 }[verdict];
}

function wayOf(answer: Answer): string {
  return answer.traces.map((trace) => trace.hops.map((hop) => `${hop.component} ${hop.id}`).join(' > ')).join('\n');
}

/** Every source of both snapshots, and the launches given, to every service that an interface or gateway endpoint serves in its VPC. */
export function everybodysQuestions(
  before: NetworkSnapshot,
  after: NetworkSnapshot,
  launches: readonly Source[] = [],
): readonly Question[] {
  const names = serviceNames(before, after);
  const sources = [...instanceSources(after), ...launches];
  return sources.flatMap((from) => names.map((name): Question => ({ from, to: { kind: 'name', name }, port: 443 })));
}

function instanceSources(snapshot: NetworkSnapshot): readonly Source[] {
  return (snapshot.instances ?? [])
    .filter((instance) => !['terminated', 'shutting-down'].includes(instance.State?.Name ?? 'running'))
    .map((instance): Source => ({ kind: 'instance', instanceId: instance.InstanceId ?? '' }));
}

function serviceNames(...snapshots: readonly NetworkSnapshot[]): readonly string[] {
  const endpoints = snapshots.flatMap((snapshot) => snapshot.vpcEndpoints ?? []);
  const names = endpoints.map((endpoint) => hostOf(endpoint.ServiceName ?? ''));
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

/** `com.amazonaws.us-west-2.ecr.api` -> `api.ecr.us-west-2.amazonaws.com`. Undefined for a service that is not AWS's. */
export function hostOf(serviceName: string): string | undefined {
  const found = /^(cn\.)?com\.amazonaws\.([a-z0-9-]+)\.(.+)$/.exec(serviceName);
  if (found === null || found[2] === 'vpce') return undefined;
  const suffix = found[3]!.split('.').toReversed().join('.');
  return `${suffix}.${found[2]}.amazonaws.com${found[1] === undefined ? '' : '.cn'}`;
}

export function describeSource(source: Source): string {
  switch (source.kind) {
    case 'instance':
      return source.instanceId;
    case 'networkInterface':
      return source.networkInterfaceId;
    case 'launch':
      return source.name;
  }
}

export function describeDestination({ to, port }: Question): string {
  switch (to.kind) {
    case 'name':
      return `${to.name}:${port}`;
    case 'address':
      return `${to.address}:${port}`;
    case 'instance':
      return `${to.instanceId}:${port}`;
    case 'networkInterface':
      return `${to.networkInterfaceId}:${port}`;
  }
}
