// docs-tables: writes the tables of codes and options and the policy in docs/ from the code. Run it after `npm run build`.
//
//   node scripts/docs-tables.mjs           writes the pages
//   node scripts/docs-tables.mjs --check   exits 1 when a page differs
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The tables of each page by name: the heads of the columns, and a row of cells for each code. */
async function readTables() {
  const read = (path) => import(pathToFileURL(join(root, 'packages', path)).href);
  const [
    program,
    policy,
    state,
    errors,
    { evidenceCodes },
    { needCodes },
    { noticeCodes },
    secrets,
    { findingCodes },
    { CODES },
  ] = await Promise.all(
    [
      'cli/dist/program.js',
      'cli/dist/commands/iam-policy/policy.js',
      'aws/dist/state/parameter-names.js',
      'cli/dist/text/error-codes.js',
      'cli/dist/text/evidence-codes.js',
      'cli/dist/text/need-codes.js',
      'cli/dist/text/notice-codes.js',
      'cli/dist/text/secrets-codes.js',
      'preflight/dist/index.js',
      'reachability/dist/index.js',
    ].map(read),
  );
  const refusals = (codes) => table(['code', 'cause', 'fix'], codes, ({ meaning, fix }) => [meaning, fix]);
  return {
    'errors.md': {
      'command-line': refusals({ ...errors.commandLineCodes, ...errors.fileCodes }),
      settings: refusals(errors.settingsCodes),
      watch: refusals(errors.watchCodes),
      postmortem: refusals({ ...errors.postmortemCodes, ...errors.pastCodes }),
      preflight: refusals(errors.preflightCodes),
      aws: refusals(errors.awsCodes),
      group: refusals({ ...errors.groupCodes, ...errors.approvalCodes }),
      release: refusals(errors.releaseCodes),
      'release-secrets': refusals(errors.releaseSecretsCodes),
      images: refusals(errors.imagesCodes),
      state: refusals(errors.stateCodes),
      defect: refusals(errors.defectCodes),
      acts: table(['code', 'what it says'], errors.actCodes, ({ meaning }) => [meaning]),
      findings: table(['code', 'severity', 'cause', 'fix'], findingCodes, ({ severity, cause, fix }) => [
        severity,
        cause,
        fix,
      ]),
      network: table(['code', 'cause', 'fix'], CODES, ({ cause, fix }) => [cause, fix]),
      evidence: table(['code', 'what was seen', 'where to look'], evidenceCodes, ({ meaning, fix }) => [meaning, fix]),
      needs: table(['code', 'what happened', 'what to do'], needCodes, ({ meaning, fix }) => [meaning, fix]),
      notices: table(['code', 'what it says'], noticeCodes, ({ meaning }) => [meaning]),
    },
    'secrets.md': {
      ladder: table(['layer', 'code', 'what was seen', 'what to do'], secrets.secretsCodes, layerOnce()),
      warnings: table(['code', 'what it says'], secrets.secretsWarningCodes, ({ meaning }) => [meaning]),
      commands: refusals(errors.secretsCommandCodes),
    },
    'cli.md': { deploy: options(program.listOptions('deploy')), policy: { json: deployerPolicy(policy, state) } },
    'lab.md': { codes: refusals({ ...errors.labCodes, ...errors.labCommandCodes }) },
  };
}

function table(heads, codes, cellsOf) {
  const place = heads.indexOf('code');
  const rows = Object.entries(codes).map(([code, row]) => cellsOf(row).toSpliced(place, 0, `\`${code}\``));
  return { heads, rows };
}

/** Each option with its default and what its help says. */
function options(listed) {
  const rows = listed.map(({ flags, theDefault, description }) => [
    `\`${flags}\``,
    theDefault,
    description.replaceAll('<', '\\<'),
  ]);
  return { heads: ['option', 'default', 'what it says'], rows };
}

/** The cells of the secrets' ladder: a layer is named in its first row. */
function layerOnce() {
  let last;
  return ({ layer, meaning, fix }) => {
    const shown = layer === last ? '' : `\`${layer}\``;
    last = layer;
    return [shown, meaning, fix];
  };
}

function deployerPolicy({ describePolicy }, { groupPath }) {
  return describePolicy({
    groupNames: ['web'],
    statePathOf: groupPath,
    uses: new Set(['read', 'preflight', 'secrets', 'deploy']),
    secretsPath: '/app/production/',
  });
}

/** A table as Markdown, its columns aligned; or a document in a fence. */
function draw({ heads, rows, json }) {
  if (json !== undefined) return `\`\`\`json\n${JSON.stringify(json, null, 2)}\n\`\`\``;
  const texts = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = heads.map((head, column) => Math.max(head.length, ...texts.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...texts.map(line)].join('\n');
}

/** Each page of docs/ with every table drawn anew between its marks. */
export async function drawPages() {
  return Object.entries(await readTables()).map(([name, tables]) => {
    const path = join(root, 'docs', name);
    const before = readFileSync(path, 'utf8');
    let after = before;
    for (const [mark, drawn] of Object.entries(tables)) {
      const marked = new RegExp(`(<!-- begin ${mark} -->\\n)[\\s\\S]*?(<!-- end ${mark} -->)`);
      if (!marked.test(after)) throw new Error(`docs/${name} has no place for the table ${mark}`);
      after = after.replace(marked, (_whole, begin, end) => `${begin}\n${draw(drawn)}\n\n${end}`);
    }
    return { name, path, before, after };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pages = await drawPages();
  if (process.argv.includes('--check')) process.exit(pages.every(({ before, after }) => before === after) ? 0 : 1);
  for (const { path, after } of pages) writeFileSync(path, after);
}
