// parameters: what is given for a template's parameters, and what they are.
import type { Parameter } from '@aws-sdk/client-cloudformation';
import { RE2JS } from 're2js';
import type { AwsError } from '../../../control-plane/aws-error.js';
import { notEmulated } from '../../../control-plane/not-emulated.js';
import { formatError, validationError } from '../refusals.js';
import type { ParameterValue } from '../state.js';
import { isRecord } from './references.js';

export interface ParameterDeclaration {
  readonly Type?: unknown;
  readonly Default?: unknown;
  readonly AllowedValues?: unknown;
  readonly AllowedPattern?: unknown;
  readonly ConstraintDescription?: unknown;
  readonly MinLength?: unknown;
  readonly MaxLength?: unknown;
  readonly MinValue?: unknown;
  readonly MaxValue?: unknown;
  readonly NoEcho?: unknown;
  readonly Description?: unknown;
}

/** The values of Parameter Store's parameters by name; what does not exist is left out. */
export type ReadStoreParameters = (names: readonly string[]) => ReadonlyMap<string, string>;

export const SECRET_TEXT = '****';

/** Every parameter of a template with its value. Throws ValidationError for what is missing, unknown or not allowed. */
export function resolveParameters(
  declared: unknown,
  given: readonly Parameter[],
  previous: readonly ParameterValue[],
  readStore: ReadStoreParameters,
): readonly ParameterValue[] {
  const declarations = isRecord(declared) ? (declared as Readonly<Record<string, ParameterDeclaration>>) : {};
  const unknown = given
    .map(({ ParameterKey = '' }) => ParameterKey)
    .filter((name) => !Object.hasOwn(declarations, name));
  if (unknown.length > 0) throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  const texts = new Map(Object.entries(declarations).map(([name, one]) => [name, textOf(name, one, given, previous)]));
  const missing = [...texts].filter(([, text]) => text === undefined).map(([name]) => name);
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  return Object.entries(declarations).map(([name, declaration]) =>
    resolveOne(name, declaration, texts.get(name) ?? '', readStore),
  );
}

function textOf(
  name: string,
  { Default }: ParameterDeclaration,
  given: readonly Parameter[],
  previous: readonly ParameterValue[],
): string | undefined {
  const own = given.find(({ ParameterKey }) => ParameterKey === name);
  const before = previous.find((one) => one.name === name)?.text;
  if (own?.UsePreviousValue === true) {
    if (before === undefined)
      throw validationError(
        `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
      );
    return before;
  }
  if (own?.ParameterValue !== undefined) return own.ParameterValue;
  return Default === undefined ? undefined : Array.isArray(Default) ? Default.join(',') : String(Default);
}

const STORE_TYPE = /^AWS::SSM::Parameter::Value<(.+)>$/;

function resolveOne(
  name: string,
  declaration: ParameterDeclaration,
  text: string,
  readStore: ReadStoreParameters,
): ParameterValue {
  const type = String(declaration.Type ?? '');
  if (type === '') throw formatError(`Every Parameters object must contain a Type member.`);
  checkConstraints(name, declaration, text);
  const inner = STORE_TYPE.exec(type)?.[1];
  if (inner !== undefined) {
    const resolved = readStore([text]).get(text);
    if (resolved === undefined)
      throw validationError(`Unable to fetch parameters [${text}] from parameter store for this account.`);
    return {
      name,
      text,
      value: isList(inner) ? listOf(resolved) : resolved,
      resolved,
      isSecret: isSecret(declaration),
    };
  }
  return { name, text, value: isList(type) ? listOf(text) : text, isSecret: isSecret(declaration) };
}

/** No operation and no event shows its value. */
export function isSecret({ NoEcho }: ParameterDeclaration): boolean {
  return String(NoEcho) === 'true';
}

function isList(type: string): boolean {
  return type === 'CommaDelimitedList' || type.startsWith('List<');
}

function listOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}

function checkConstraints(name: string, declaration: ParameterDeclaration, text: string): void {
  const items = isList(String(declaration.Type)) ? listOf(text) : [text];
  for (const item of items) {
    const fault = faultOf(name, declaration, item);
    if (fault !== undefined) throw describedFault(name, declaration, fault);
  }
}

function describedFault(name: string, { ConstraintDescription }: ParameterDeclaration, fault: string): AwsError {
  return validationError(
    ConstraintDescription === undefined
      ? fault
      : `Parameter ${name} failed to satisfy constraint: ${String(ConstraintDescription)}`,
  );
}

function faultOf(name: string, one: ParameterDeclaration, text: string): string | undefined {
  if (Array.isArray(one.AllowedValues) && !one.AllowedValues.map(String).includes(text))
    return `Parameter '${name}' must be one of AllowedValues`;
  if (one.AllowedPattern !== undefined && !matches(String(one.AllowedPattern), text))
    return `Parameter '${name}' must match pattern ${String(one.AllowedPattern)}`;
  if (one.MinLength !== undefined && text.length < Number(one.MinLength))
    return `Parameter '${name}' must contain at least ${String(one.MinLength)} characters`;
  if (one.MaxLength !== undefined && text.length > Number(one.MaxLength))
    return `Parameter '${name}' must contain at most ${String(one.MaxLength)} characters`;
  if (!/^(List<)?Number/.test(String(one.Type))) return undefined;
  if (text.trim() === '' || Number.isNaN(Number(text))) return `Parameter '${name}' must be a number`;
  if (one.MinValue !== undefined && Number(text) < Number(one.MinValue))
    return `Parameter '${name}' must be a number not less than ${String(one.MinValue)}`;
  if (one.MaxValue !== undefined && Number(text) > Number(one.MaxValue))
    return `Parameter '${name}' must be a number not greater than ${String(one.MaxValue)}`;
  return undefined;
}

/** Judged by RE2, which is bounded; a pattern that it does not know (lookaround, back references) is refused by name. */
function matches(pattern: string, text: string): boolean {
  try {
    return RE2JS.compile(pattern).matches(text);
  } catch {
    throw notEmulated(`the AllowedPattern ${pattern} of a parameter`);
  }
}
