// Findings as SARIF 2.1.0 (OASIS), which code review tools read. In a template each finding is at the line of the resource that it
// names; in an account it is at a logical location.
import { type Finding, findingCodes } from '@directrix/preflight';
import { CODES } from '@directrix/reachability';
import { version } from '../../version.js';
import type { CheckedPreflight } from './run.js';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const pages = 'https://github.com/directrix/directrix/blob/main/docs/errors.md';

export function describeSarif(checked: CheckedPreflight): object {
  const codes = [...new Set(checked.findings.map(({ code }) => code))].sort();
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'directrix preflight', version, informationUri: pages, rules: codes.map(describeRule) },
        },
        columnKind: 'utf16CodeUnits',
        results: checked.findings.map((finding) => describeResult(finding, codes.indexOf(finding.code), checked)),
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
    helpUri: pages,
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
    partialFingerprints: { 'directrix/v1': `${finding.code}:${finding.subject}` },
  };
}

function placeIn({ path, text }: NonNullable<CheckedPreflight['template']>, { evidence }: Finding) {
  const lines = text.split('\n');
  // Ids of a template's snapshot are its logical ids.
  const line = evidence
    .map(({ id }) => lines.findIndex((one) => one.trimStart().startsWith(`"${id}":`)))
    .find((index) => index >= 0);
  return { artifactLocation: { uri: path.replaceAll('\\', '/') }, region: { startLine: (line ?? 0) + 1 } };
}
