// postmortem-text: what a postmortem says, in sentences. No name of a person is in it.
import type {
  Cause,
  JournalEvent,
  NetworkChange,
  NetworkEdit,
  OpenQuestion,
  PreflightSaid,
  RemediationItem,
  TimelineEntry,
} from '@directrix/timeline';
import { tellAct } from './act-text.js';
import { listIds } from './quantities.js';

/** One line of the timeline, without its time and its witness. */
export function tellEntry(entry: TimelineEntry): string {
  switch (entry.witness) {
    case 'rollout':
      return tellRollout(entry.event);
    case 'autoScaling': {
      const { description, statusCode, statusMessage } = entry.activity;
      return `${description ?? entry.activity.cause} (${statusCode}${statusMessage === undefined ? '' : `: ${statusMessage}`})`;
    }
    case 'targetHealth': {
      const { instanceId, targetGroup, state, reason } = entry.change;
      return `${instanceId} is ${state} in ${targetGroup}${reason === undefined ? '' : ` (${reason})`}`;
    }
    case 'requests':
      return tellRequests(entry);
    case 'prober':
      return tellProber(entry);
    case 'alarm':
      return `alarm ${entry.alarmName}: ${entry.state}`;
    case 'log':
      return `${entry.instanceId}: ${entry.line}`;
    case 'release':
      return `${entry.version} was ${entry.what}${entry.id === undefined ? '' : ` (${entry.id})`}`;
    case 'secrets':
      return `${entry.name} was ${entry.what}`;
    case 'network':
      return tellNetwork(entry.change);
    case 'networkEdit':
      return `${tellEdit(entry.edit)} (after ${timeOf(entry.edit.notBefore)})`;
    case 'preflight':
      return tellPreflight(entry.said);
    case 'person':
      return entry.text;
  }
}

const changes: Readonly<Record<string, string>> = {
  breaks: 'is cut',
  undecided: 'can no longer be decided',
  opens: 'opens',
  moves: 'goes another way',
};

function tellNetwork({ from, to, before, after, codes, kind, notBefore, explanation }: NetworkChange): string {
  const why = codes.length === 0 ? '' : ` (${codes.join(', ')})`;
  if (kind === undefined || changes[kind] === undefined)
    return `${from} to ${to}: ${before} before, ${after} after${why}`;
  const since = notBefore === undefined ? '' : ` (after ${timeOf(notBefore)})`;
  return `${from} to ${to} ${changes[kind]}${since}: ${explanation ?? codes.join(', ')}`;
}

function tellEdit({ id, kind, what }: NetworkEdit): string {
  return `${id}: ${kind === 'gained' ? 'new' : 'gone'}: ${what}`;
}

/** `take this from acl-0a1: entry 50 out: …` */
export function tellUndo({ id, kind, what }: NetworkEdit): string {
  return kind === 'gained' ? `take this from ${id}: ${what}` : `give this back to ${id}: ${what}`;
}

function tellNetworkCause({ edits, changes, at }: Extract<Cause, { kind: 'network' }>): string {
  const starts = [...edits.map(({ notBefore }) => notBefore), ...changes.flatMap(({ notBefore }) => notBefore ?? [])];
  const when =
    starts.length === 0 ? `before ${timeOf(at)}` : `between ${timeOf(Math.max(...starts))} and ${timeOf(at)}`;
  const cut = changes.map(
    ({ from, to, codes }) => `${from} to ${to}${codes.length === 0 ? '' : ` (${codes.join(', ')})`}`,
  );
  const what = edits.length === 0 ? '' : `: ${edits.map(tellEdit).join('; ')}`;
  return `The network was changed ${when}${what}. ${cut.length === 0 ? 'Which path that cut is not known' : `That cut ${cut.join(', ')}`}`;
}

function tellPreflight({ errors, skipped }: PreflightSaid): string {
  const said = errors.length === 0 ? 'no error' : `${errors.length === 1 ? 'error' : 'errors'} ${errors.join(', ')}`;
  return `said ${said}${skipped.length === 0 ? '' : `; set aside with --skip: ${skipped.join(', ')}`}`;
}

/** `00:16:40`, in UTC. */
function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

function tellRollout(event: Extract<TimelineEntry, { witness: 'rollout' }>['event']): string {
  switch (event.kind) {
    case 'started':
      return `rollout ${event.rolloutId} begins: ${event.groupName} from ${event.from} to ${event.to}`;
    case 'phase':
      return `phase ${event.phase} begins`;
    case 'act':
      return `${tellAct(event.act)}${event.instanceIds.length === 0 ? '' : `: ${listIds(event.instanceIds)}`}`;
    case 'instance':
      return `${event.instanceId} ${tellStep(event)}`;
    case 'evidence':
      return `evidence ${event.code}${event.instanceIds.length === 0 ? '' : `: ${listIds(event.instanceIds)}`}`;
    case 'notice':
      return `notice ${event.code}`;
    case 'skipped':
      return `the finding ${event.code} (${event.subject}) was set aside with --skip`;
    case 'interrupted':
      return `the rollout is interrupted (${event.signal})`;
    case 'finished':
      return `the rollout ends: ${event.outcome}${event.needCode === undefined ? '' : ` (${event.needCode})`}`;
  }
}

function tellStep(event: Extract<JournalEvent, { kind: 'instance' }>): string {
  const { what, availabilityZone, version, status } = event;
  switch (what) {
    case 'launched':
      return `was launched${availabilityZone === undefined ? '' : ` in ${availabilityZone}`}`;
    case 'inService':
      return 'is in service';
    case 'healthy':
      return 'is healthy';
    case 'dipped':
      return 'was healthy and is not any more';
    case 'reported':
      return `says: ${[version, status].filter(Boolean).join(', ') || 'nothing of its version'}`;
    case 'verified':
      return `is verified${version === undefined ? '' : `: it serves ${version}`}`;
    case 'warm':
      return 'is warm, in Standby';
    case 'lost':
    case 'terminated':
      return `is ${what}, and not by the rollout`;
    default:
      return what;
  }
}

function tellProber({ what, check, places, codes }: Extract<TimelineEntry, { witness: 'prober' }>): string {
  if (what === 'recovered') return `${check} is well again`;
  const why = codes.length === 0 ? '' : ` (${codes.join(', ')})`;
  return what === 'began'
    ? `${check} begins to fail${why}`
    : `alarm: ${check} is down${why}, seen by ${places.join(', ')}`;
}

function tellRequests({ what, failures }: Extract<TimelineEntry, { witness: 'requests' }>): string {
  const seen = Object.entries(failures)
    .map(([failure, times]) => `${times} times ${failure}`)
    .join(', ');
  if (what === 'failing') return `requests begin to fail${seen === '' ? '' : ` (until it is over: ${seen})`}`;
  return what === 'down' ? 'no request is answered well any more' : 'requests are answered well again';
}

export function tellCause(cause: Cause): string {
  if (cause.kind === 'network') return tellNetworkCause(cause);
  if (cause.kind === 'evidence')
    return `${cause.code}${cause.instanceIds.length === 0 ? '' : ` on ${listIds(cause.instanceIds)}`}: what made the rollout halt`;
  return `${cause.finding.code} (${cause.finding.subject}): ${cause.finding.message}`;
}

export function tellRemediation(item: RemediationItem): string {
  switch (item.code) {
    case 'FIX_FINDING':
      return `${item.finding.code} (${item.finding.subject}): ${item.finding.fix ?? item.finding.message}`;
    case 'FIX_NETWORK':
      return `${item.change.from} to ${item.change.to}: ${item.change.edits?.join('; then ') || 'see what cuts it'}`;
    case 'REVIEW_NETWORK_CHANGES':
      return 'Look at each change of the network before it is made: directrix reach diff says what it cuts.';
    case 'REVIEW_SKIP':
      return `${item.finding.code} was set aside with --skip. Decide who may do that, and when.`;
    case 'WATCH_REQUESTS':
      return "Watch the users' requests from outside: no source here saw the harm.";
    case 'RUN_PREFLIGHT':
      return 'Run directrix preflight before each change: it names these faults beforehand.';
  }
}

export function tellQuestion(question: OpenQuestion): string {
  switch (question.code) {
    case 'IMPACT_UNKNOWN':
      return 'How many users met it? No count of their requests was given.';
    case 'NOT_DETECTED':
      return 'Who or what noticed it first? No source says so.';
    case 'NOT_RESTORED':
      return 'When was it over? No witness saw the end.';
    case 'CAUSE_UNKNOWN':
      return 'Why did it happen? Neither a finding nor evidence names a cause.';
    case 'NEEDS_HUMAN':
      return `What was done about the rollout ${question.rolloutId}? It ended with a request for a person.`;
    case 'WITNESS_SILENT':
      if (question.witness === 'autoScaling') return 'What did the group do? Its scaling activities were not at hand.';
      if (question.witness === 'rollout') return 'Who changed what? No journal of a rollout tells of this time.';
      return `What did "${question.witness}" see? It says nothing of this time.`;
  }
}
