// Whether the replay showed what it is there to show. Nothing makes it come out so: if it does not, the replay says so and fails.
import type { Performance } from './act.js';

// The way out to the endpoint, the way into it, and the name.
const faultsOfN1 = ['DNS_PRIVATE_DISABLED', 'ENI_SG_RULES_MISMATCH', 'SG_SHARED_NO_SELF_RULE'];

/** Every expectation that was not met, in a sentence. Empty when all were. */
export function findSurprises([first, second, third]: readonly Performance[]): string[] {
  const surprises: string[] = [];
  const expect = (isMet: boolean, otherwise: string) => {
    if (!isMet) surprises.push(otherwise);
  };
  expect(first!.traffic.secondsDown > 0, 'Act I: the cycler of 2018 did not take the site down.');
  for (const surprise of findPostmortemSurprises(first!)) surprises.push(surprise);
  const refused = (second!.ending.refusal ?? []).filter(({ severity }) => severity === 'error').map(({ code }) => code);
  expect(
    refused.sort().join() === faultsOfN1.join(),
    `Act II: preflight did not name the three faults of N1, but ${refused.join(', ') || 'nothing'}.`,
  );
  expect(second!.ending.exitCode === 1, `Act II: directrix did not halt (exit code ${second!.ending.exitCode}).`);
  expect(second!.traffic.failed === 0, `Act II: ${second!.traffic.failed} requests failed.`);
  expect(second!.ending.isGroupUnchanged, 'Act II: the group is not as it was.');
  expect((second!.ending.result?.quarantined.length ?? 0) > 0, 'Act II: no failed instance was kept.');
  expect(third!.ending.refusal === undefined, 'Act III: preflight refused.');
  const { exitCode, result } = third!.ending;
  const evidence = (result?.evidence ?? []).map(({ code, message }) => `\n  ${code} ${message}`).join('');
  expect(exitCode === 0, `Act III: directrix did not ship (exit code ${exitCode}).${evidence}`);
  expect(third!.traffic.failed === 0, `Act III: ${third!.traffic.failed} requests failed.`);
  return surprises;
}

const secondMs = 1_000;

/** In what the page of Act I differs from what the act itself recorded. */
export function findPostmortemSurprises({ postmortem, people, seconds, traffic }: Performance): string[] {
  if (postmortem === undefined) return ['Act I: no postmortem was written.'];
  const causes = [...new Set(postmortem.causeCodes)].sort();
  const missing = faultsOfN1.filter((code) => !causes.includes(code));
  const failing = seconds.flatMap(({ failed }, index) => (failed > 0 ? [index * secondMs] : []));
  const recorded = {
    beganAt: failing[0],
    detectedAt: people.find(({ what }) => what === 'noticed')?.at,
    decidedAt: people.find(({ what }) => what === 'decided')?.at,
    restoredAt: failing.at(-1) === undefined ? undefined : failing.at(-1)! + secondMs,
  };
  const names = Object.keys(recorded) as (keyof typeof recorded)[];
  const differing = names.filter(
    (name) => !(Math.abs((postmortem[name] ?? Number.NaN) - (recorded[name] ?? 0)) <= secondMs),
  );
  return [
    ...(missing.length > 0 ? [`Act I: the postmortem does not name ${missing.join(', ')}.`] : []),
    ...differing.map(
      (name) => `Act I: ${name} of the postmortem is ${postmortem[name]}, and ${recorded[name]} was recorded.`,
    ),
    ...(postmortem.failed === traffic.failed
      ? []
      : [`Act I: the postmortem counts ${postmortem.failed} failed requests, and ${traffic.failed} were recorded.`]),
  ];
}
