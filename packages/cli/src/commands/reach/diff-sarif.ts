// The differences as SARIF 2.1.0 (OASIS): each at the line of the resource that is at fault, where the file is a template.
import { relative } from 'node:path';
import type { PathDifference } from '@directrix/reachability';
import type { TemplateFile } from '../../preflight/template-file.js';
import { version } from '../../version.js';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const rules = {
  breaks: { id: 'PATH_BREAKS', level: 'error', text: 'A path that works would not work any more.' },
  undecided: {
    id: 'PATH_UNDECIDED',
    level: 'warning',
    text: 'A path works, and whether it still would cannot be told.',
  },
  opens: { id: 'PATH_OPENS', level: 'warning', text: 'A path that does not work would work.' },
  moves: { id: 'PATH_MOVES', level: 'note', text: 'A path would go by another way.' },
} as const;
const kinds = Object.keys(rules) as PathDifference['kind'][];

export function describeDiffSarif(differences: readonly PathDifference[], cwd: string, file: TemplateFile): object {
  const uri = (relative(cwd, file.path) || file.path).replaceAll('\\', '/');
  return {
    $schema: schema,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'directrix reach diff',
            version,
            rules: kinds.map((kind) => ({ id: rules[kind].id, shortDescription: { text: rules[kind].text } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: differences.map((one) => ({
          ruleId: rules[one.kind].id,
          ruleIndex: kinds.indexOf(one.kind),
          level: rules[one.kind].level,
          message: { text: `${one.path}: ${one.explanation}` },
          locations: [
            {
              physicalLocation: { artifactLocation: { uri }, region: { startLine: lineOf(one, file) } },
              logicalLocations: [{ name: one.path, kind: 'resource' }],
            },
          ],
          // A path differs once: the same in the next run, and no other's.
          partialFingerprints: { 'directrix/v2': `${rules[one.kind].id}:${one.path}` },
        })),
      },
    ],
  };
}

function lineOf({ after, question }: PathDifference, { lines }: TemplateFile): number {
  const { from } = question;
  const ids = after.faults.flatMap(({ evidence }) => evidence.map(({ id }) => id));
  const hops = after.traces.flatMap((trace) => trace.hops.map(({ id }) => id));
  const source =
    from.kind === 'instance' ? from.instanceId : from.kind === 'launch' ? from.name : from.networkInterfaceId;
  const line = [...ids, ...hops, source].map((id) => lines.get(id)).find((one) => one !== undefined);
  return line ?? 1;
}
