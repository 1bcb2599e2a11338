// markdown: a postmortem as a page. Each section is the tool's; what people write between them is theirs (sections.ts).
import type { Milestone, Postmortem, RequestsCounter } from '@directrix/timeline';
import { formatDuration } from '../../option-values.js';
import { tellCause, tellEntry, tellQuestion, tellRemediation, tellUndo } from '../../text/postmortem-text.js';
import type { Section } from './sections.js';

const witnessNames: Readonly<Record<Postmortem['timeline'][number]['witness'], string>> = {
  rollout: 'Directrix',
  autoScaling: 'Auto Scaling',
  targetHealth: 'target health',
  requests: 'requests',
  prober: 'prober',
  alarm: 'CloudWatch',
  log: 'log',
  release: 'release',
  secrets: 'Parameter Store',
  network: 'network',
  networkEdit: 'network',
  preflight: 'preflight',
  person: 'a person',
};

export function titleOf({ groupName, span }: Postmortem): string {
  return `# Postmortem: ${plain(groupName)}, ${new Date(span.since).toISOString().slice(0, 10)}`;
}

/** The sections in the order of the page. */
export function sectionsOf(postmortem: Postmortem): readonly Section[] {
  return [
    { name: 'summary', body: `## Summary\n\n${summaryOf(postmortem)}` },
    { name: 'impact', body: `## Impact\n\n${impactOf(postmortem)}` },
    { name: 'times', body: `## Times\n\n${timesOf(postmortem)}` },
    { name: 'timeline', body: `## Timeline\n\nAll times are UTC.\n\n${timelineOf(postmortem)}` },
    { name: 'preflight', body: `## What preflight said\n\n${findingsOf(postmortem)}` },
    {
      name: 'causes',
      body: `## Candidates for the cause\n\n${list(postmortem.causes.map(causeOf), 'None is known.')}`,
    },
    {
      name: 'remediation',
      body: `## What to do\n\n${list(
        postmortem.remediation.map((item) => `[ ] ${plain(tellRemediation(item))}`),
        'Nothing follows from what is known.',
      )}`,
    },
    {
      name: 'questions',
      body: `## Open questions\n\n${list(
        postmortem.questions.map((question) => plain(tellQuestion(question))),
        'None.',
      )}`,
    },
  ];
}

const samples: Readonly<Record<RequestsCounter, string>> = { given: '', rollout: 'sampled ', prober: 'sampled ' };

function summaryOf({ groupName, impact, requestsFrom = 'given', durations, rolloutIds }: Postmortem): string {
  const harm =
    impact === undefined
      ? 'The impact on users is not known.'
      : impact.failed === 0
        ? 'No request failed.'
        : `${impact.failed} of ${impact.requests} ${samples[requestsFrom]}requests failed, and the site was down for ${impact.secondsDown} s.`;
  const end =
    durations.toRestoreMs === undefined ? '' : ` It took ${formatDuration(durations.toRestoreMs)} to restore.`;
  const rollouts = rolloutIds.length === 0 ? '' : ` Rollouts in this time: ${rolloutIds.map(plain).join(', ')}.`;
  return `Group ${plain(groupName)}. ${harm}${end}${rollouts}`;
}

const counters: Readonly<Record<RequestsCounter, string>> = {
  given: '',
  rollout: 'Counted by the prober of the rollout: a sample of what users met.\n\n',
  prober: 'Counted by the looks of directrix watch: a small sample of what users met.\n\n',
};

function impactOf({ impact, requestsFrom = 'given' }: Postmortem): string {
  if (impact === undefined) return "No count of the users' requests was given (`--requests`).";
  const counted = counters[requestsFrom];
  if (impact.outages.length === 0) return `${counted}None of ${impact.requests} requests failed.`;
  return `${counted}${table(
    ['from', 'to', 'failed', 'seconds down', 'failures'],
    impact.outages.map(({ since, until, failed, secondsDown, failures, isOver }) => [
      clock(since),
      isOver ? clock(until) : 'not over',
      String(failed),
      String(secondsDown),
      Object.entries(failures)
        .map(([failure, times]) => `${failure}: ${times}`)
        .join(', '),
    ]),
  )}`;
}

function timesOf({ milestones, durations }: Postmortem): string {
  const row = (what: string, milestone: Milestone | undefined, durationMs: number | undefined) => [
    what,
    milestone === undefined ? 'not known' : clock(milestone.at),
    durationMs === undefined ? '' : formatDuration(durationMs),
    milestone === undefined ? '' : witnessNames[milestone.witness],
  ];
  return table(
    ['what', 'when', 'after the beginning', 'seen by'],
    [
      row('it began', milestones.began, undefined),
      row('detected', milestones.detected, durations.toDetectMs),
      row('way back decided', milestones.decided, durations.toDecideMs),
      row('restored', milestones.restored, durations.toRestoreMs),
    ],
  );
}

function timelineOf({ timeline }: Postmortem): string {
  if (timeline.length === 0) return 'No witness says anything of this time.';
  return table(
    ['time', 'source', 'what'],
    timeline.map((entry) => [clock(entry.at), witnessNames[entry.witness], tellEntry(entry)]),
  );
}

function findingsOf({ findings, timeline }: Postmortem): string {
  const runs = timeline.filter(({ witness }) => witness === 'preflight').map(({ at }) => clock(at));
  const nothing =
    runs.length === 0 ? 'Nothing is known of what preflight said.' : `It found no error at ${runs.join(', ')}.`;
  const told = findings.map(({ code, subject, message, isSkipped, wasSaidBefore, saidAt }) => {
    const at = saidAt === undefined ? '' : ` at ${clock(saidAt)}`;
    const when = isSkipped
      ? `said before${at}, and set aside with --skip`
      : wasSaidBefore
        ? `said before${at}`
        : `found afterwards${at}`;
    return `\`${code}\` (${plain(subject)}), ${when}: ${plain(message)}`;
  });
  return list(told, nothing);
}

function causeOf(cause: Postmortem['causes'][number]): string {
  const { edits, commands } = remedyOf(cause);
  const lead = cause.kind === 'network' && cause.edits.length > 0 ? 'To undo it' : 'It would not have happened after';
  const fix = edits === undefined ? '' : `  \n  ${lead}: ${plain(edits)}`;
  return `${plain(tellCause(cause))}${fix}${commands.map((command) => `\n\n  \`\`\`\n  ${command}\n  \`\`\``).join('')}`;
}

/** The smallest change that would have prevented it, in words and as commands. */
function remedyOf(cause: Postmortem['causes'][number]): {
  readonly edits?: string;
  readonly commands: readonly string[];
} {
  switch (cause.kind) {
    case 'finding':
      return { edits: cause.finding.fix, commands: cause.finding.commands };
    case 'network':
      return remedyOfNetwork(cause);
    case 'evidence':
      return { commands: [] };
  }
}

// To take back what was changed is the smallest edit. Where nobody saw that, the paths say what lets them through.
function remedyOfNetwork({ edits, changes }: Extract<Postmortem['causes'][number], { readonly kind: 'network' }>) {
  const undos = edits.flatMap(({ undo }) => undo ?? []);
  if (undos.length > 0) return { edits: edits.map(tellUndo).join('; '), commands: undos };
  return {
    edits: [...new Set(changes.flatMap((change) => change.edits ?? []))].join('; then ') || undefined,
    commands: [...new Set(changes.flatMap((change) => change.commands ?? []))],
  };
}

function list(items: readonly string[], otherwise: string): string {
  return items.length === 0 ? otherwise : items.map((item) => `- ${item}`).join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => plain(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

// What AWS or an instance said must not become markup, a marker of ours, or a new line of the page.
function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_<>[\]#]/g, '\\$&')
    .trim();
}

/** `2018-11-11 00:16:40`, in UTC. */
function clock(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}
