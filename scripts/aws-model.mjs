// Generates packages/lab/model/SERVICE.json: what AWS's published API models say that a request may hold.
//
//   node scripts/aws-model.mjs DATA_DIRECTORY VERSION
//
// DATA_DIRECTORY is the `data` directory of botocore (Apache-2.0, https://github.com/boto/botocore), which carries AWS's models as JSON;
// VERSION is that botocore's version. `pip download --no-deps botocore` and `unzip` give both; so does Debian's python3-botocore.
//
// A table keeps enumerations, lengths, ranges, patterns and what is sensitive, of the input of every operation of the service, and the names of EC2's
// documented filters. A shape without a
// constraint at any depth is left out, and so are documentation, outputs and errors. Which members are required stands in
// the schemas of the SDK clients, which the codec reads anyway.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** By the lab's name of a service: botocore's directory and the API version that the lab speaks. */
const SERVICES = {
  autoscaling: 'autoscaling/2011-01-01',
  cloudformation: 'cloudformation/2010-05-15',
  ec2: 'ec2/2016-11-15',
  elasticloadbalancing: 'elbv2/2015-12-01',
  iam: 'iam/2010-05-08',
  logs: 'logs/2014-03-28',
  monitoring: 'cloudwatch/2010-08-01',
  s3: 's3/2006-03-01',
  ssm: 'ssm/2014-11-06',
  sts: 'sts/2011-06-15',
};

/** What AWS answers with a text of its own, which the lab's operations know: by service, the shapes that the table leaves to them. */
const LEFT_OUT = {
  // Types are a table of their own; what can be tagged has its own refusal; the pattern of an ARN here matches nothing.
  ec2: ['InstanceType', 'ResourceType', 'PlacementGroupArn'],
};
const PATTERNS_LEFT_OUT = {
  // "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
  iam: ['roleNameType', 'policyNameType', 'instanceProfileNameType', 'pathType', 'policyDocumentType'],
};

const target = new URL('../packages/lab/model/', import.meta.url);

function readModel(directory) {
  const plain = join(directory, 'service-2.json');
  return JSON.parse(existsSync(plain) ? readFileSync(plain, 'utf8') : gunzipSync(readFileSync(`${plain}.gz`)));
}

function boundsOf({ min, max }) {
  return min === undefined && max === undefined ? undefined : [min ?? null, max ?? null];
}

/** The source of a pattern as JavaScript reads it; AWS writes them for Java. */
function patternOf({ pattern }) {
  if (pattern === undefined) return undefined;
  // Java joins surrogate pairs, JavaScript compares code units: every surrogate is in the class.
  const source = pattern
    .replaceAll('\\uD800\\uDC00-\\uDBFF\\uDFFF', '\\uD800-\\uDFFF')
    .replaceAll('\\u10000-\\u10FFFF', '\\uD800-\\uDFFF')
    .replace(/^\(\?i\)([a-z]+)/, (_all, word) =>
      [...word].map((letter) => `[${letter}${letter.toUpperCase()}]`).join(''),
    );
  new RegExp(`^(?:${source})$`, source.includes('\\p{') ? 'u' : '');
  return source === pattern ? { pattern } : { pattern, javaScript: source };
}

function tableOf(service, model) {
  const shapes = {};
  const constrained = new Map();
  const leftOut = new Set(LEFT_OUT[service] ?? []);
  const patternsLeftOut = new Set(PATTERNS_LEFT_OUT[service] ?? []);

  /** Whether the shape or anything in it is constrained. A shape that holds itself counts by what else it holds. */
  function isConstrained(name, above = new Set()) {
    if (leftOut.has(name) || above.has(name)) return false;
    const known = constrained.get(name);
    if (known !== undefined) return known;
    const shape = model.shapes[name];
    const inner = [
      ...Object.values(shape.members ?? {}),
      ...(shape.type === 'list' ? [shape.member] : []),
      ...(shape.type === 'map' ? [shape.key, shape.value] : []),
    ].map((one) => one.shape);
    const below = new Set(above).add(name);
    const own = shape.enum ?? shape.pattern ?? boundsOf(shape);
    const result = (own !== undefined && shape.type !== 'blob') || inner.some((one) => isConstrained(one, below));
    if (result || above.size === 0) constrained.set(name, result);
    return result;
  }

  function add(name) {
    if (!isConstrained(name) || Object.hasOwn(shapes, name)) return;
    const shape = model.shapes[name];
    const entry = {};
    shapes[name] = entry;
    const bounds = boundsOf(shape);
    const reference = (one) => (isConstrained(one.shape) ? one.shape : null);
    if (shape.type === 'structure') {
      entry.members = Object.fromEntries(
        Object.entries(shape.members)
          .filter(([, member]) => isConstrained(member.shape))
          .map(([memberName, member]) => [memberName, member.shape]),
      );
      for (const member of Object.values(shape.members)) add(member.shape);
    } else if (shape.type === 'list') {
      Object.assign(entry, { list: reference(shape.member), length: bounds });
      add(shape.member.shape);
    } else if (shape.type === 'map') {
      Object.assign(entry, { key: reference(shape.key), value: reference(shape.value), length: bounds });
      add(shape.key.shape);
      add(shape.value.shape);
    } else if (shape.type === 'string') {
      Object.assign(entry, {
        enum: shape.enum,
        length: bounds,
        ...(patternsLeftOut.has(name) ? {} : patternOf(shape)),
      });
    } else {
      entry.range = bounds;
    }
    if (shape.sensitive === true) entry.sensitive = true;
  }

  const operations = {};
  for (const [name, { input }] of Object.entries(model.operations)) {
    if (input === undefined || !isConstrained(input.shape)) continue;
    operations[name] = input.shape;
    add(input.shape);
  }
  return { operations, filters: service === 'ec2' ? filtersOf(model) : {}, shapes };
}

/** The filters that the documentation of each operation lists; EC2 has no other record of them. Tags are every operation's. */
function filtersOf(model) {
  const filters = {};
  for (const [name, { input }] of Object.entries(model.operations)) {
    const documentation = model.shapes[input?.shape]?.members?.Filters?.documentation ?? '';
    const names = [...documentation.matchAll(/<li>\s*<p>\s*<code>([A-Za-z0-9._-]+)<\/code>/g)].map(
      ([, filter]) => filter,
    );
    const own = [...new Set(names)].filter((filter) => !filter.startsWith('tag'));
    if (own.length > 0) filters[name] = own;
  }
  return filters;
}

/** One line for each operation and shape, in order of name: a new model is a readable difference. */
function write({ source, operations, filters, shapes }) {
  const lines = (entries) =>
    Object.keys(entries)
      .sort()
      .map((name) => `    ${JSON.stringify(name)}: ${JSON.stringify(entries[name])}`)
      .join(',\n');
  const written = Object.keys(filters).length === 0 ? '' : `\n  "filters": {\n${lines(filters)}\n  },`;
  return `{\n  "source": ${JSON.stringify(source)},\n  "operations": {\n${lines(operations)}\n  },${written}\n  "shapes": {\n${lines(shapes)}\n  }\n}\n`;
}

const [dataDirectory, version] = process.argv.slice(2);
if (dataDirectory === undefined || version === undefined) {
  process.stderr.write('Usage: node scripts/aws-model.mjs DATA_DIRECTORY VERSION\n');
  process.exit(2);
}
mkdirSync(target, { recursive: true });
for (const [service, directory] of Object.entries(SERVICES)) {
  const source = {
    package: 'botocore',
    version,
    file: `${directory}/service-2.json`,
    licence: 'Apache-2.0',
    copyright: 'Amazon.com, Inc. or its affiliates',
    generator: 'scripts/aws-model.mjs',
  };
  writeFileSync(
    new URL(`${service}.json`, target),
    write({ source, ...tableOf(service, readModel(join(dataDirectory, directory))) }),
  );
}
