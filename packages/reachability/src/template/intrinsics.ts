// intrinsics: CloudFormation's functions, worked out without an account.
//
//   T1. What cannot be worked out becomes a marker that says why, and never disappears: whatever contains it is unresolved too.
//   T2. A `Ref` to a resource, and any attribute that is an id, is the logical id; whoever has an account says what it is by `Known`.
import { formatAddress, parseCidr } from '../address.js';
import { partitionOf } from '../partition.js';

export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Type?: string; readonly Default?: unknown }>>;
  readonly Mappings?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: unknown;
}

export interface Scope {
  readonly template: Template;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly region: string;
  /** Why each thing could not be worked out. */
  readonly unresolved: Set<string>;
  /** Before every logical id, where there are several stacks: `network/`. */
  readonly prefix: string;
  readonly accountId?: string;
  /** What another stack exports by this name; undefined when none does. */
  readonly exported: (name: string) => unknown;
  /** What a nested stack of this one puts out; undefined when its template is not here. */
  readonly nested: (logicalId: string, output: string) => unknown;
  /** Conditions and parameters on the way, to end what refers to itself. */
  readonly depth: number;
  /** What is known where the stack is real. */
  readonly known?: Known;
}

/** What only an account can tell. */
export interface Known {
  /** Of every parameter, as its type has it: a list is a list. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** `AWS::StackName` and the others that have a value of the stack's own. */
  readonly pseudoParameters: Readonly<Record<string, unknown>>;
  /** The names of the region's zones. */
  readonly zones: (region: string) => readonly string[];
  readonly base64: (text: string) => string;
  /** What `Ref` gives of a resource; undefined while it does not exist. */
  readonly ref: (logicalId: string) => unknown;
  /** What `Fn::GetAtt` gives of a resource; undefined while it does not exist, or has no such attribute. */
  readonly attribute: (logicalId: string, attribute: string) => unknown;
}

const MARK = 'unresolved:';

export function isUnresolved(value: unknown): boolean {
  return typeof value === 'string' && value.includes(MARK);
}

function giveUp(scope: Scope, why: string): string {
  scope.unresolved.add(why);
  return `${MARK}${why}`;
}

const DEEPEST = 100;

/** The value with its functions replaced. `undefined` is AWS::NoValue. */
export function evaluate(scope: Scope, value: unknown): unknown {
  if (scope.depth > DEEPEST) return giveUp(scope, 'a value refers to itself');
  const inner: Scope = { ...scope, depth: scope.depth + 1 };
  if (Array.isArray(value)) return value.map((item) => evaluate(inner, item)).filter((item) => item !== undefined);
  if (!isRecord(value)) return value;
  const keys = Object.keys(value);
  const only = keys.length === 1 ? keys[0]! : '';
  if (only === 'Ref') return evaluateRef(inner, String(value.Ref));
  if (only === 'Condition' && typeof value.Condition === 'string') return evaluateCondition(inner, value.Condition);
  if (only.startsWith('Fn::')) return evaluateFunction(inner, only.slice(4), value[only]);
  const entries = keys.map((key) => [key, evaluate(inner, value[key])] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function evaluateRef(scope: Scope, name: string): unknown {
  if (scope.known !== undefined) return evaluateKnownRef(scope, scope.known, name);
  if (name.startsWith('AWS::')) return pseudoParameter(scope, name);
  const parameter = scope.template.Parameters?.[name];
  if (parameter !== undefined) return parameterValue(scope, name, parameter);
  if (scope.template.Resources?.[name] !== undefined) return `${scope.prefix}${name}`;
  return giveUp(scope, `Ref ${name}`);
}

function evaluateKnownRef(scope: Scope, known: Known, name: string): unknown {
  if (Object.hasOwn(known.pseudoParameters, name)) return known.pseudoParameters[name];
  if (name.startsWith('AWS::')) return pseudoParameter(scope, name);
  if (Object.hasOwn(known.parameters, name)) return known.parameters[name];
  return known.ref(name) ?? giveUp(scope, `Ref ${name}`);
}

function parameterValue(
  scope: Scope,
  name: string,
  parameter: { readonly Type?: string; readonly Default?: unknown },
): unknown {
  const type = parameter.Type ?? 'String';
  // What such a parameter holds is the name of a Parameter Store entry, not its value.
  if (type.startsWith('AWS::SSM::Parameter::')) return giveUp(scope, `parameter ${name} (${type})`);
  const given = scope.parameters[name] ?? parameter.Default;
  if (given === undefined) return giveUp(scope, `parameter ${name}`);
  const isList = type === 'CommaDelimitedList' || type.startsWith('List<');
  return isList && typeof given === 'string' ? given.split(',').map((item) => item.trim()) : given;
}

function pseudoParameter(scope: Scope, name: string): unknown {
  switch (name) {
    case 'AWS::Region':
      return scope.region;
    case 'AWS::Partition':
      return partitionOf(scope.region);
    case 'AWS::URLSuffix':
      return scope.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
    case 'AWS::AccountId':
      return scope.accountId ?? giveUp(scope, name);
    case 'AWS::NoValue':
      return undefined;
    default:
      return giveUp(scope, name);
  }
}

type Compute = (scope: Scope, argument: unknown) => unknown;

const FUNCTIONS: Readonly<Record<string, Compute>> = {
  GetAtt: getAttribute,
  Join: join,
  Sub: substitute,
  Select: select,
  Split: split,
  GetAZs: zones,
  Cidr: cidrs,
  If: choose,
  FindInMap: findInMap,
  Equals: (scope, argument) => compare(scope, argument),
  Not: (scope, argument) => negate(evaluate(scope, listOf(argument)[0])),
  And: (scope, argument) => every(listOf(argument).map((item) => evaluate(scope, item))),
  Or: (scope, argument) => negate(every(listOf(argument).map((item) => negate(evaluate(scope, item))))),
  Base64: base64,
  Contains: (scope, argument) => contains(scope, argument),
  ToJsonString: (scope, argument) => JSON.stringify(evaluate(scope, argument)),
  Length: (scope, argument) => listOf(evaluate(scope, argument)).length,
};

function evaluateFunction(scope: Scope, name: string, argument: unknown): unknown {
  const compute = FUNCTIONS[name];
  if (compute !== undefined) return compute(scope, argument);
  const what = name === 'ImportValue' ? evaluate(scope, argument) : '';
  const exported = name === 'ImportValue' && typeof what === 'string' ? scope.exported(what) : undefined;
  if (exported !== undefined) return exported;
  return giveUp(scope, `Fn::${name} ${typeof what === 'string' ? what : ''}`.trim());
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

/** What the own name of an endpoint is called until AWS gives it one. */
export function endpointName(id: string): string {
  return `${id}.vpce.template`;
}

/** Attributes that are the id of the resource itself. */
const ID_ATTRIBUTES =
  /^(Id|GroupId|VpcId|SubnetId|RouteTableId|InternetGatewayId|NatGatewayId|AllocationId|PrefixListId|LaunchTemplateId|InstanceId|VPCEndpointId|DhcpOptionsId)$/;

function getAttribute(scope: Scope, argument: unknown): unknown {
  const parts = typeof argument === 'string' ? argument.split('.') : listOf(argument).map(String);
  const [name, ...rest] = parts;
  const attribute = rest.join('.');
  const resource = scope.template.Resources?.[name ?? ''];
  if (scope.known !== undefined)
    return scope.known.attribute(name ?? '', attribute) ?? giveUp(scope, `${name}.${attribute}`);
  if (resource === undefined) return giveUp(scope, `${name}.${attribute}`);
  const id = `${scope.prefix}${name}`;
  if (attribute.startsWith('Outputs.'))
    return scope.nested(name!, attribute.slice('Outputs.'.length)) ?? giveUp(scope, `${name}.${attribute}`);
  if (resource.Type === 'AWS::EC2::VPC' && /^Default(SecurityGroup|NetworkAcl)$/.test(attribute))
    return `${id}.${attribute}`;
  if (resource.Type === 'AWS::EC2::VPCEndpoint' && attribute === 'DnsEntries') return [`Z:${endpointName(id)}`];
  if (attribute === 'CidrBlock' || attribute === 'AvailabilityZone')
    return evaluate(scope, resource.Properties?.[attribute]);
  if (/(Latest|Default)VersionNumber$/.test(attribute)) return '1';
  return ID_ATTRIBUTES.test(attribute) ? id : giveUp(scope, `${name}.${attribute}`);
}

// Without an account nobody reads what it says, and whatever reads it here reads the text.
function base64(scope: Scope, argument: unknown): unknown {
  const value = evaluate(scope, argument);
  return scope.known === undefined || isUnresolved(value) ? value : scope.known.base64(String(value));
}

function contains(scope: Scope, argument: unknown): boolean | undefined {
  const [values, wanted] = listOf(argument).map((item) => evaluate(scope, item));
  if (isUnresolved(wanted) || !Array.isArray(values) || values.some(isUnresolved)) return undefined;
  return values.map(String).includes(String(wanted));
}

function join(scope: Scope, argument: unknown): unknown {
  const [separator, items] = listOf(argument);
  const values = evaluate(scope, items);
  return Array.isArray(values) ? values.map(String).join(String(separator)) : values;
}

function substitute(scope: Scope, argument: unknown): unknown {
  const [text, variables] = typeof argument === 'string' ? [argument, {}] : listOf(argument);
  const given = isRecord(variables) ? variables : {};
  return String(text).replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (given[name] !== undefined) return String(evaluate(scope, given[name]));
    return String(name.includes('.') ? getAttribute(scope, name) : (evaluateRef(scope, name) ?? ''));
  });
}

function select(scope: Scope, argument: unknown): unknown {
  const [index, items] = listOf(argument);
  const at = Number(evaluate(scope, index));
  const values = evaluate(scope, items);
  if (!Array.isArray(values)) return isUnresolved(values) ? values : giveUp(scope, 'Fn::Select of what is no list');
  return values[at] ?? giveUp(scope, `Fn::Select ${at} of ${values.length}`);
}

function split(scope: Scope, argument: unknown): unknown {
  const [separator, text] = listOf(argument);
  const value = evaluate(scope, text);
  return isUnresolved(value) ? value : String(value).split(String(separator));
}

// The names of zones differ between accounts, but only which subnets share one matters here.
function zones(scope: Scope, argument: unknown): unknown {
  const region = evaluate(scope, argument);
  const named = typeof region === 'string' && region !== '' && !isUnresolved(region) ? region : scope.region;
  if (scope.known !== undefined) return scope.known.zones(named);
  return ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => `${named}${letter}`);
}

function cidrs(scope: Scope, argument: unknown): unknown {
  const [block, count, bits] = listOf(evaluate(scope, argument));
  const range = parseCidr(String(block));
  if (range === undefined) return isUnresolved(block) ? block : giveUp(scope, `Fn::Cidr of ${String(block)}`);
  const hostBits = Number(bits ?? 8);
  const size = 2 ** hostBits;
  const number = Math.min(Number(count), 256);
  return Array.from({ length: number }, (_, at) => `${formatAddress(range[0] + at * size)}/${32 - hostBits}`);
}

function findInMap(scope: Scope, argument: unknown): unknown {
  const [map, first, second, options] = listOf(argument).map((item) => evaluate(scope, item));
  const table = scope.template.Mappings?.[String(map)];
  const row = isRecord(table) ? table[String(first)] : undefined;
  const value = isRecord(row) ? row[String(second)] : undefined;
  if (value !== undefined) return value;
  if (isRecord(options) && options.DefaultValue !== undefined) return options.DefaultValue;
  return giveUp(scope, `Fn::FindInMap ${String(map)} ${String(first)} ${String(second)}`);
}

// ---- conditions: true, false, or unresolved

function choose(scope: Scope, argument: unknown): unknown {
  const [name, whenTrue, whenFalse] = listOf(argument);
  const condition = evaluateCondition(scope, String(name));
  if (condition === true) return evaluate(scope, whenTrue);
  if (condition === false) return evaluate(scope, whenFalse);
  const [one, other] = [evaluate(scope, whenTrue), evaluate(scope, whenFalse)];
  return JSON.stringify(one) === JSON.stringify(other) ? one : giveUp(scope, `condition ${String(name)}`);
}

/** True, false, or undefined when it cannot be told. */
export function evaluateCondition(scope: Scope, name: string): boolean | undefined {
  const condition = scope.template.Conditions?.[name];
  if (condition === undefined) {
    giveUp(scope, `condition ${name}`);
    return undefined;
  }
  const value = evaluate(scope, condition);
  return typeof value === 'boolean' ? value : undefined;
}

function compare(scope: Scope, argument: unknown): boolean | undefined {
  const [left, right] = listOf(argument).map((item) => evaluate(scope, item));
  if (isUnresolved(left) || isUnresolved(right)) return undefined;
  return String(left) === String(right);
}

function negate(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? !value : undefined;
}

function every(values: readonly unknown[]): boolean | undefined {
  if (values.includes(false)) return false;
  return values.every((value) => value === true) ? true : undefined;
}
