// definition: from a request to what a stack is to be.
import type { Capability, Parameter, Tag } from '@aws-sdk/client-cloudformation';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { readRestRequest } from '../../../protocols/rest-operations.js';
import { formatError, validationError } from '../refusals.js';
import { resourceFactsOf } from '../resource-facts.js';
import type { StackDefinition } from '../state.js';
import { type CheckedTemplate, checkTemplate, parseTemplate } from './check-template.js';
import { dependenciesOf } from './dependencies.js';
import { Evaluation, KNOWN_AFTER_APPLY, type StackFacts, writeOut } from './evaluation.js';
import { type ReadStoreParameters, resolveParameters } from './parameters.js';
import { isRecord } from './references.js';

interface DefinitionRequest {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
  readonly Parameters?: readonly Parameter[] | undefined;
  readonly Capabilities?: readonly Capability[] | undefined;
  readonly Tags?: readonly Tag[] | undefined;
}

/** What the request asks for. Throws AwsError, with CloudFormation's texts, for what it would refuse at once. */
export function readDefinition(
  request: DefinitionRequest,
  stack: StackFacts,
  previous: StackDefinition | undefined,
  context: OperationContext,
): StackDefinition {
  const templateText = templateTextOf(request, previous, context);
  const parsed = parseTemplate(templateText);
  const readStore = storeOf(context);
  const parameters = resolveParameters(
    parsed.Parameters,
    request.Parameters ?? [],
    previous?.parameters ?? [],
    readStore,
  );
  const template = writeOut(parsed, parameters, stack);
  checkTemplate(template);
  checkTags(request.Tags ?? []);
  checkCapabilities(template, request.Capabilities ?? []);
  const definition: StackDefinition = {
    templateText,
    template,
    parameters,
    tags: request.Tags ?? previous?.tags ?? [],
  };
  tryOut(definition, stack);
  return definition;
}

/** As GetTemplateSummary and ValidateTemplate read it: without values. */
export function readTemplateOnly(request: DefinitionRequest, context: OperationContext): CheckedTemplate {
  return parseTemplate(templateTextOf(request, undefined, context));
}

function templateTextOf(
  { TemplateBody, TemplateURL, UsePreviousTemplate = false }: DefinitionRequest,
  previous: StackDefinition | undefined,
  context: OperationContext,
): string {
  const given = [TemplateBody, TemplateURL].filter((one) => one !== undefined).length + (UsePreviousTemplate ? 1 : 0);
  if (given > 1)
    throw validationError('Only one of TemplateURL, TemplateBody and UsePreviousTemplate can be specified.');
  if (TemplateBody !== undefined) return TemplateBody;
  if (TemplateURL !== undefined) return templateAt(TemplateURL, context);
  if (UsePreviousTemplate && previous !== undefined) return previous.templateText;
  throw validationError('Either Template URL or Template Body must be specified.');
}

/** `https://s3.us-west-2.amazonaws.com/BUCKET/KEY`, `https://BUCKET.s3.….amazonaws.com/KEY`, or the lab's own address: whatever leads to S3. */
function templateAt(url: string, { state }: OperationContext): string {
  let place: URL;
  try {
    place = new URL(url);
  } catch {
    throw validationError('TemplateURL must be a supported URL.');
  }
  const { host, pathname: path } = place;
  const { labels } = readRestRequest({ method: 'GET', path, query: '', headers: { host }, body: new Uint8Array() });
  const object = state.s3.buckets.get(labels.Bucket ?? '')?.objects.get(labels.Key ?? '');
  if (object === undefined)
    throw validationError(
      `S3 error: The specified key does not exist. For more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html`,
    );
  return Buffer.from(object.body).toString('utf8');
}

function storeOf(context: OperationContext): ReadStoreParameters {
  return (names) => {
    if (context.ask === undefined) throw new TypeError('Parameters of Parameter Store are read by requests only.');
    const { caller } = context;
    const answer = context.ask({
      service: 'ssm',
      operationName: 'GetParameters',
      input: { Names: [...names] },
      caller,
    });
    const { Parameters = [] } = answer as {
      readonly Parameters?: readonly { readonly Name?: string; readonly Value?: string }[];
    };
    return new Map(Parameters.map(({ Name = '', Value = '' }) => [Name, Value]));
  };
}

function checkTags(tags: readonly Tag[]): void {
  const keys = tags.map(({ Key = '' }) => Key);
  const reserved = keys.find((key) => key.startsWith('aws:'));
  if (reserved !== undefined) throw validationError(`Tag keys starting with 'aws:' are reserved: ${reserved}`);
  if (new Set(keys).size < keys.length) throw validationError('Duplicate tag keys found.');
}

/** Types whose resources may grant permissions, and the property that names them. */
const IAM_NAMES: Readonly<Record<string, string | undefined>> = {
  'AWS::IAM::AccessKey': undefined,
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': undefined,
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::UserToGroupAddition': undefined,
};

export function requiredCapabilities(template: CheckedTemplate): readonly Capability[] {
  const resources = Object.values(template.Resources ?? {}).filter(({ Type }) => Object.hasOwn(IAM_NAMES, Type));
  if (resources.length === 0) return [];
  const isNamed = resources.some(({ Type, Properties }) => {
    const property = IAM_NAMES[Type];
    return property !== undefined && isRecord(Properties) && Properties[property] !== undefined;
  });
  return [isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'];
}

function checkCapabilities(template: CheckedTemplate, given: readonly Capability[]): void {
  const missing = requiredCapabilities(template).filter(
    (one) => !given.includes(one) && !(one === 'CAPABILITY_IAM' && given.includes('CAPABILITY_NAMED_IAM')),
  );
  if (template.Transform !== undefined && !given.includes('CAPABILITY_AUTO_EXPAND'))
    missing.push('CAPABILITY_AUTO_EXPAND');
  if (missing.length > 0)
    throw new AwsError('InsufficientCapabilitiesException', `Requires capabilities : [${missing.join(', ')}]`);
}

/** Works out everything once with what is not known yet left open: faults are found before anything is made. */
function tryOut(definition: StackDefinition, stack: StackFacts): void {
  const existing = new Set<string>();
  const isThere = (id: string) => (existing.has(id) ? KNOWN_AFTER_APPLY : undefined);
  const evaluation = new Evaluation(definition, stack, { ref: isThere, attribute: isThere });
  const resources = evaluation.resources();
  for (const id of Object.keys(resources)) existing.add(id);
  dependenciesOf(resources);
  checkRules(definition, evaluation);
  for (const resource of Object.values(resources)) {
    evaluation.value(resource.Properties ?? {});
    checkType(resource.Type);
  }
  evaluateOutputs(definition, evaluation);
}

function checkType(type: string): void {
  // AWS knows every type of its own; the lab says which it does not emulate when the resource's turn comes.
  if (!/^(AWS|Custom|Alexa)::/.test(type) && resourceFactsOf(type) === undefined)
    throw formatError(`Unrecognized resource types: [${type}]`);
}

function checkRules({ template }: StackDefinition, evaluation: Evaluation): void {
  for (const rule of Object.values(isRecord(template.Rules) ? template.Rules : {})) {
    if (!isRecord(rule)) continue;
    if (rule.RuleCondition !== undefined && evaluation.value(rule.RuleCondition, 'Rules') !== true) continue;
    for (const assertion of Array.isArray(rule.Assertions) ? rule.Assertions : []) {
      if (!isRecord(assertion) || evaluation.value(assertion.Assert, 'Rules') === true) continue;
      throw validationError(
        `Template error: ${String(assertion.AssertDescription ?? 'a rule of the template does not hold')}`,
      );
    }
  }
}

export interface EvaluatedOutput {
  readonly key: string;
  readonly value: string;
  readonly description: string | undefined;
  readonly exportName: string | undefined;
}

export function evaluateOutputs(
  { template }: Pick<StackDefinition, 'template'>,
  evaluation: Evaluation,
): readonly EvaluatedOutput[] {
  return Object.entries(template.Outputs ?? {}).flatMap(([key, output]) => {
    if (!isRecord(output) || output.Value === undefined)
      throw formatError(`Every Outputs member must contain a Value object`);
    if (typeof output.Condition === 'string' && !evaluation.condition(output.Condition)) return [];
    const value = evaluation.value(output.Value, 'Outputs');
    if (typeof value === 'object')
      throw formatError('The Value field of every Outputs member must evaluate to a String.');
    const exported = isRecord(output.Export) ? evaluation.value(output.Export.Name, 'Outputs') : undefined;
    return [
      {
        key,
        value: String(value),
        description: output.Description === undefined ? undefined : String(output.Description),
        exportName: exported === undefined ? undefined : String(exported),
      },
    ];
  });
}
