// check template: what CloudFormation refuses of a template before it makes anything, in its words.
//
// Sources of the texts: the CloudFormation user guide ("Template anatomy", "CloudFormation quotas", "Troubleshooting") and what users report
// of its answers.
import type { Template } from '@directrix/reachability';
import { notEmulated } from '../../../control-plane/not-emulated.js';
import { readTemplateText, TemplateTextError } from '../../../template-text.js';
import { formatError, templateError, validationError } from '../refusals.js';
import { resourceFactsOf } from '../resource-facts.js';
import type { TemplateParts } from '../state.js';
import { checkDependsOn } from './dependencies.js';
import { findReferences, isRecord } from './references.js';

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Hooks',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
  'Rules',
  'Transform',
];
const RESOURCE_MEMBERS = [
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'Metadata',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'UpdatePolicy',
  'CreationPolicy',
  'Version',
];
const MOST_RESOURCES = 500;
const MOST_OUTPUTS = 200;
const MOST_PARAMETERS = 200;
const POLICIES = ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'];

export type CheckedTemplate = Template & TemplateParts;

/** Reads a template's text. Throws ValidationError for what is no template. */
export function parseTemplate(text: string): CheckedTemplate {
  const isJson = /^\s*\{/.test(text);
  let json: unknown;
  try {
    json = readTemplateText(text).json;
  } catch (error) {
    if (!(error instanceof TemplateTextError)) throw error;
    throw formatError(`${isJson ? 'JSON' : 'YAML'} not well-formed. (${error.message})`);
  }
  if (!isRecord(json)) throw formatError('unsupported structure.');
  return json as CheckedTemplate;
}

/** Throws for what is wrong with a template whatever its parameters are. Loops have been written out. */
export function checkTemplate(template: CheckedTemplate): void {
  const strange = Object.keys(template).filter((name) => !SECTIONS.includes(name));
  if (strange.length > 0) throw validationError(`Invalid template property or properties [${strange.join(', ')}]`);
  checkTransform(template.Transform);
  if ('Hooks' in template) throw notEmulated('Hooks of a template');
  for (const section of SECTIONS) checkNulls((template as Readonly<Record<string, unknown>>)[section], `/${section}`);
  const resources = template.Resources;
  if (!isRecord(resources) || Object.keys(resources).length === 0)
    throw formatError('At least one Resources member must be defined.');
  checkCount('resources', resources, MOST_RESOURCES);
  checkCount('outputs', template.Outputs, MOST_OUTPUTS);
  checkCount('parameters', template.Parameters, MOST_PARAMETERS);
  for (const [id, resource] of Object.entries(resources)) checkResource(id, resource);
  checkDependsOn(resources);
  checkReferences(template);
}

function checkTransform(transform: unknown): void {
  for (const name of [transform].flat()) {
    if (name === undefined || name === 'AWS::LanguageExtensions') continue;
    throw notEmulated(`the transform ${isRecord(name) ? String(name.Name) : String(name)}`);
  }
}

function checkCount(what: string, section: unknown, most: number): void {
  const count = Object.keys(isRecord(section) ? section : {}).length;
  if (count > most) throw formatError(`Number of ${what}, ${count}, is greater than the maximum allowed, ${most}`);
}

function checkNulls(value: unknown, path: string): void {
  if (value === null) throw formatError(`[${path}] 'null' values are not allowed in templates`);
  if (Array.isArray(value)) for (const [index, item] of value.entries()) checkNulls(item, `${path}/${index}`);
  else if (isRecord(value)) for (const [name, item] of Object.entries(value)) checkNulls(item, `${path}/${name}`);
}

function checkResource(id: string, resource: unknown): void {
  if (!/^[A-Za-z0-9]+$/.test(id)) throw formatError(`Resource name ${id} is non alphanumeric.`);
  if (!isRecord(resource)) throw formatError(`[/Resources/${id}] resource definition is malformed`);
  if (typeof resource.Type !== 'string')
    throw formatError(`[/Resources/${id}] Every Resources object must contain a Type member.`);
  if (!/^[A-Za-z0-9]+(::[A-Za-z0-9@_-]+)+$/.test(resource.Type))
    throw formatError(`Unrecognized resource types: [${resource.Type}]`);
  const strange = Object.keys(resource).find((name) => !RESOURCE_MEMBERS.includes(name));
  if (strange !== undefined) throw validationError(`Invalid template resource property '${strange}'`);
  if (resource.Properties !== undefined && !isRecord(resource.Properties))
    throw formatError(`[/Resources/${id}/Properties] 'Properties' must be an object`);
  for (const name of ['DeletionPolicy', 'UpdateReplacePolicy']) {
    const policy = resource[name];
    if (policy !== undefined && !POLICIES.includes(String(policy)) && !isRecord(policy))
      throw formatError(`Unrecognized ${name} ${String(policy)} for resource ${id}`);
  }
}

function checkReferences(template: CheckedTemplate): void {
  const resources = template.Resources ?? {};
  const parameters = isRecord(template.Parameters) ? template.Parameters : {};
  const sections = { Resources: resources, Outputs: template.Outputs, Conditions: template.Conditions };
  for (const [section, content] of Object.entries(sections)) {
    const { names, attributes, conditions } = findReferences(content);
    const unknown = [...names].filter(
      (name) => !name.startsWith('AWS::') && !Object.hasOwn(resources, name) && !Object.hasOwn(parameters, name),
    );
    const strayAttribute = attributes.find(([name]) => unknown.includes(name));
    if (strayAttribute !== undefined)
      throw templateError(`instance of Fn::GetAtt references undefined resource ${strayAttribute[0]}`);
    if (unknown.length > 0)
      throw formatError(
        `Unresolved resource dependencies [${unknown.join(', ')}] in the ${section} block of the template`,
      );
    const condition = [...conditions].find(
      (name) => !Object.hasOwn(template.Conditions ?? {}, name) && !isPolicyCondition(content, name),
    );
    if (condition !== undefined)
      throw formatError(`Unresolved condition dependency ${condition} in the ${section} block of the template`);
    for (const [name, attribute] of attributes) checkAttribute(resources[name]?.Type ?? '', name, attribute);
  }
}

/** `Condition` of an IAM statement is an object and never read as a name; a text there is some property of that name. */
function isPolicyCondition(content: unknown, name: string): boolean {
  if (Array.isArray(content)) return content.some((item) => isPolicyCondition(item, name));
  if (!isRecord(content)) return false;
  const keys = Object.keys(content);
  const isProperty = content.Condition === name && keys.length > 1 && !('Type' in content) && !('Value' in content);
  return isProperty || Object.values(content).some((item) => isPolicyCondition(item, name));
}

function checkAttribute(type: string, name: string, attribute: string): void {
  const facts = resourceFactsOf(type);
  if (facts === undefined || facts.attributes.has(attribute)) return;
  if (type === 'AWS::CloudFormation::Stack' && attribute.startsWith('Outputs.')) return;
  throw templateError(`resource ${name} does not support attribute type ${attribute} in Fn::GetAtt`);
}
