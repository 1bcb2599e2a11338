// template: what a Packer template says of its builder and its playbooks, as far as it can be read without Packer. Pure.
//
// JSON is read whole. HCL2 is read where a value is a plain string, a list of them, or a variable with a plain value. What is not, is unknown
// and said so by `unresolved`; it is never guessed.

export interface TemplateBuilder {
  readonly name: string;
  /** `amazon-ebs` */
  readonly type: string;
  readonly region?: string | undefined;
  readonly vpcId?: string | undefined;
  readonly subnetId?: string | undefined;
  /** Empty: Packer makes a group of its own, which lets everything out. */
  readonly securityGroupIds: readonly string[];
  readonly isPublic?: boolean | undefined;
  readonly instanceProfile?: string | undefined;
  readonly communicator?: string | undefined;
}

export interface PackerTemplate {
  readonly builders: readonly TemplateBuilder[];
  /** Of ansible and ansible-local, as they are written. */
  readonly playbooks: readonly string[];
  /** Attributes whose values are not plain: `amazon-ebs.web subnet_id`. */
  readonly unresolved: readonly string[];
}

type Variables = Readonly<Record<string, string>>;

/** Undefined when it is neither JSON with builders nor HCL2 with sources. */
export function readTemplate(
  texts: readonly { readonly path: string; readonly text: string }[],
  variables: Variables,
): PackerTemplate | undefined {
  const [only] = texts;
  if (texts.length === 1 && only !== undefined && !/\.hcl$/.test(only.path)) {
    const json = parseJson(only.text);
    if (json !== undefined) return readJson(json, variables);
  }
  return readHcl(texts.map(({ text }) => text).join('\n'), variables);
}

function parseJson(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

type Lookup = (attribute: string) => unknown;

function describeBuilder(name: string, type: string, get: Lookup, unresolved: string[]): TemplateBuilder {
  const text = (attribute: string): string | undefined => {
    const value = get(attribute);
    if (typeof value === 'string') return value === '' ? undefined : value;
    if (value !== undefined) unresolved.push(`${name} ${attribute}`);
    return undefined;
  };
  const list = get('security_group_ids');
  const one = text('security_group_id');
  if (list !== undefined && !isTexts(list)) unresolved.push(`${name} security_group_ids`);
  const isPublic = get('associate_public_ip_address');
  return {
    name,
    type,
    region: text('region'),
    vpcId: text('vpc_id'),
    subnetId: text('subnet_id'),
    securityGroupIds: [...(isTexts(list) ? list : []), ...(one === undefined ? [] : [one])],
    isPublic:
      isPublic === true || isPublic === 'true' ? true : isPublic === false || isPublic === 'false' ? false : undefined,
    instanceProfile: text('iam_instance_profile'),
    communicator: text('communicator'),
  };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** Stands for a value that is not plain. */
const unknown = Symbol('unknown');

function readJson(template: Record<string, unknown>, given: Variables): PackerTemplate {
  const variables = { ...textsOf(template.variables), ...given };
  const unresolved: string[] = [];
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'string') return value;
    const filled = value.replace(
      /\{\{\s*user\s*[`"]([^`"]+)[`"]\s*\}\}/g,
      (whole, name: string) => variables[name] ?? whole,
    );
    return /\{\{/.test(filled) ? unknown : filled;
  };
  const builders = objectsOf(template.builders).map((builder) => {
    const type = String(builder.type ?? '');
    return describeBuilder(String(builder.name ?? type), type, (attribute) => plain(builder[attribute]), unresolved);
  });
  const playbooks = objectsOf(template.provisioners)
    .filter(({ type }) => type === 'ansible' || type === 'ansible-local')
    .flatMap(({ playbook_file: file }) => {
      const path = plain(file);
      if (typeof path !== 'string') unresolved.push('ansible playbook_file');
      return typeof path === 'string' ? [path] : [];
    });
  return { builders, playbooks, unresolved };
}

function textsOf(value: unknown): Variables {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (typeof one === 'string' ? [[key, one]] : [])),
  );
}

function objectsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value)
    ? value.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
    : [];
}

function readHcl(source: string, given: Variables): PackerTemplate {
  const text = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)(#|\/\/).*$/gm, '$1');
  const defaults = blocksOf(text, /variable\s+"([^"]+)"\s*\{/g).flatMap(({ names: [name = ''], body }) => {
    const value = attributeOf(body, 'default', {});
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  const variables = { ...Object.fromEntries(defaults), ...given };
  const unresolved: string[] = [];
  const builders = blocksOf(text, /source\s+"([^"]+)"\s+"([^"]+)"\s*\{/g).map(
    ({ names: [type = '', name = ''], body }) =>
      describeBuilder(`${type}.${name}`, type, (attribute) => attributeOf(body, attribute, variables), unresolved),
  );
  const playbooks = blocksOf(text, /provisioner\s+"(ansible|ansible-local)"\s*\{/g).flatMap(({ body }) => {
    const path = attributeOf(body, 'playbook_file', variables);
    if (typeof path !== 'string') unresolved.push('ansible playbook_file');
    return typeof path === 'string' ? [path] : [];
  });
  return { builders, playbooks, unresolved };
}

function blocksOf(text: string, head: RegExp): { readonly names: readonly string[]; readonly body: string }[] {
  return [...text.matchAll(head)].map((match) => {
    const start = match.index + match[0].length;
    let depth = 1;
    let at = start;
    for (; at < text.length && depth > 0; at++) depth += text[at] === '{' ? 1 : text[at] === '}' ? -1 : 0;
    return { names: match.slice(1), body: text.slice(start, at - 1) };
  });
}

/** A plain value of an attribute of this block; `unknown` for any other; undefined where it has none. */
function attributeOf(body: string, name: string, variables: Variables): unknown {
  const found = new RegExp(`(?:^|\\n)\\s*${name}\\s*=\\s*(.+)`).exec(body)?.[1]?.trim();
  if (found === undefined) return undefined;
  if (/^(true|false)$/.test(found)) return found === 'true';
  const list = /^\[(.*)\]$/.exec(found)?.[1];
  if (list !== undefined) {
    const items = list
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
      .map((item) => plainHcl(item, variables));
    return items.every((item) => typeof item === 'string') ? items : unknown;
  }
  return plainHcl(found, variables);
}

function plainHcl(value: string, variables: Variables): unknown {
  const [, variable] = /^"?(?:\$\{)?var\.([\w-]+)\}?"?$/.exec(value) ?? [];
  if (variable !== undefined) return variables[variable] ?? unknown;
  const [, text] = /^"([^"]*)"$/.exec(value) ?? [];
  // path.root is the template's directory, which is where Packer's paths begin for us too.
  const filled = text
    ?.replaceAll(/\$\{path\.(root|cwd)\}\//g, '')
    .replaceAll(/\$\{var\.([\w-]+)\}/g, (whole, name: string) => variables[name] ?? whole);
  return filled === undefined || filled.includes('${') ? unknown : filled;
}
