// Findings as SARIF 2.1.0 (OASIS), which code review tools read. In a template each finding is at the line of the resource that it
// names; in an account it is at a logical location.
import { type Finding, findingCodes } from '@directrix/preflight';
import { CODES } from '@directrix/reachability';
import { version } from '../../version.js';
import type { CheckedPreflight } from './checked-preflight.js';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

export function describeSarif(checked: CheckedPreflight): object {
  const fingerprints = fingerprintsOf(checked.findings);
  const codes = [...new Set(checked.findings.map(({ code }) => code))].sort();
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'directrix preflight', version, rules: codes.map(describeRule) },
        },
        columnKind: 'utf16CodeUnits',
        results: checked.findings.map((finding, index) => ({
          ...describeResult(finding, codes.indexOf(finding.code), checked),
          partialFingerprints: { 'directrix/v2': fingerprints[index] },
        })),
      },
    ],
  };
}

function describeRule(code: string) {
  const entry: { readonly cause: string; readonly fix: string } | undefined =
    (findingCodes as Record<string, { cause: string; fix: string }>)[code] ??
    (CODES as Record<string, { cause: string; fix: string }>)[code];
  return {
    id: code,
    name: code,
    shortDescription: { text: entry?.cause ?? code },
    help: { text: entry?.fix || 'See docs/errors.md.' },
  };
}

function describeResult(finding: Finding, ruleIndex: number, { template }: CheckedPreflight) {
  const fix = finding.fix === undefined ? '' : `\nFix: ${finding.fix.text}`;
  const commands = (finding.fix?.commands ?? []).map((command) => `\n$ ${command}`).join('');
  return {
    ruleId: finding.code,
    ruleIndex,
    level: finding.severity,
    message: { text: `${finding.subject}: ${finding.message}${fix}${commands}` },
    locations: [
      {
        ...(template === undefined ? {} : { physicalLocation: placeIn(template, finding) }),
        logicalLocations: [{ name: finding.subject, kind: 'resource' }],
      },
    ],
  };
}

function placeIn({ path, lines }: NonNullable<CheckedPreflight['template']>, { evidence }: Finding) {
  // Ids of a template's snapshot are its logical ids.
  const startLine = evidence.map(({ id }) => lines.get(id)).find((line) => line !== undefined) ?? 1;
  return { artifactLocation: { uri: path.replaceAll('\\', '/') }, region: { startLine } };
}

/** The same finding has the same fingerprint in the next run, and two findings never share one. */
function fingerprintsOf(findings: readonly Finding[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map(({ code, subject, evidence }) => {
    const key = [code, subject, ...evidence.map(({ id }) => id)].join(':');
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? key : `${key}:${count}`;
  });
}
