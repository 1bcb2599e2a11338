import type {
  ParameterHistory,
  ParameterTier,
  PutParameterCommandInput,
  PutParameterResult,
} from '@aws-sdk/client-ssm';
import { RE2JS } from 're2js';
import { callerArn } from '../../../access/caller-arn.js';
import { AwsError } from '../../../control-plane/aws-error.js';
import { notEmulated } from '../../../control-plane/not-emulated.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkParameterName } from '../parameter-name.js';
import { currentVersion, lookUpParameter, parameterKey } from '../parameter-reference.js';
import { DEFAULT_KEY_ID } from '../parameter-value.js';
import type { ParameterRecord } from '../state.js';
import { checkTags } from '../tags.js';

const STANDARD_BYTES = 4_096;
const ADVANCED_BYTES = 8_192;
const MOST_VERSIONS = 100;
const MOST_PARAMETERS = 10_000;

export function putParameter(input: PutParameterCommandInput, context: OperationContext): PutParameterResult {
  const name = input.Name!;
  checkParameterName(name);
  checkValue(input);
  const record = lookUpParameter(context.state, name);
  if (record === undefined) checkCreation(input, context);
  else checkOverwrite(input, record);
  const current = record && currentVersion(record);
  const tier = chooseTier(input, current?.Tier);
  checkSize(input.Value!, tier);

  const version = buildVersion(input, current, tier, context);
  if (record === undefined) {
    context.state.ssm.parameters.set(parameterKey(name), { name, versions: [version], tags: [...(input.Tags ?? [])] });
  } else {
    if (record.versions.length === MOST_VERSIONS) record.versions.shift();
    record.versions.push(version);
  }
  return { Version: version.Version, Tier: tier };
}

function checkValue({ Value, Type, AllowedPattern, KeyId, Policies }: PutParameterCommandInput): void {
  if (Value === '') throw constraint("Value '' at 'value'", 'Member must have length greater than or equal to 1');
  if (KeyId !== undefined && Type !== undefined && Type !== 'SecureString') {
    throw invalid('KeyId is required for SecureString type parameter only.');
  }
  if (Policies !== undefined && !/^\s*(\[\s*\]|\{\s*\})?\s*$/.test(Policies)) {
    throw notEmulated('parameter policies');
  }
  if (AllowedPattern !== undefined && AllowedPattern !== '') checkPattern(Value!, AllowedPattern);
}

// RE2 matches in linear time: a pattern such as (a+)+$ cannot hold the lab up.
function checkPattern(value: string, allowedPattern: string): void {
  const pattern = compilePattern(allowedPattern);
  if (!pattern.matcher(value).find()) {
    throw new AwsError(
      'ParameterPatternMismatchException',
      `Parameter value, cannot be validated against allowedPattern: ${allowedPattern}`,
    );
  }
}

function compilePattern(allowedPattern: string): RE2JS {
  try {
    return RE2JS.compile(allowedPattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsError(
      'InvalidAllowedPatternException',
      `The request does not meet the regular expression requirement. (The lab judges by RE2: ${reason})`,
    );
  }
}

function checkCreation(input: PutParameterCommandInput, { state }: OperationContext): void {
  if (input.Type === undefined) throw invalid('A parameter type is required when you create a parameter.');
  if (input.Tags !== undefined) {
    if (input.Overwrite === true) throw tagsAndOverwrite();
    checkTags(input.Tags);
  }
  if (state.ssm.parameters.size >= MOST_PARAMETERS) {
    throw new AwsError(
      'ParameterLimitExceeded',
      'You have exceeded the number of parameters for this Amazon Web Services account. Delete one or more parameters and try again.',
    );
  }
}

function checkOverwrite(input: PutParameterCommandInput, record: ParameterRecord): void {
  if (input.Overwrite !== true) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  if (input.Tags !== undefined) throw tagsAndOverwrite();
  const current = currentVersion(record);
  if (input.Type !== undefined && input.Type !== current.Type) {
    throw new AwsError(
      'HierarchyTypeMismatchException',
      `Parameter Store doesn't support changing a parameter type in a hierarchy. For example, you can't change a parameter from a ${current.Type} type to a ${input.Type} type. You must create a new, unique parameter.`,
    );
  }
  const oldest = record.versions[0];
  if (record.versions.length === MOST_VERSIONS && (oldest?.Labels?.length ?? 0) > 0) {
    throw new AwsError(
      'ParameterMaxVersionLimitExceeded',
      `You attempted to create a new version of ${record.name} by calling the PutParameter API with the overwrite flag. Version ${oldest?.Version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
    );
  }
}

function chooseTier(input: PutParameterCommandInput, currentTier: ParameterTier | undefined): ParameterTier {
  const { Tier: asked } = input;
  if (asked === 'Standard' && currentTier === 'Advanced') {
    throw invalid(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    );
  }
  if (asked === 'Intelligent-Tiering') {
    return currentTier === 'Advanced' || byteLength(input.Value!) > STANDARD_BYTES ? 'Advanced' : 'Standard';
  }
  return asked ?? currentTier ?? 'Standard';
}

function checkSize(value: string, tier: ParameterTier): void {
  if (tier === 'Advanced' && byteLength(value) > ADVANCED_BYTES) {
    throw invalid(`Advanced tier parameters support a maximum parameter value of ${ADVANCED_BYTES} characters.`);
  }
  if (tier === 'Standard' && byteLength(value) > STANDARD_BYTES) {
    throw invalid(
      `Standard tier parameters support a maximum parameter value of ${STANDARD_BYTES} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`,
    );
  }
}

function buildVersion(
  input: PutParameterCommandInput,
  current: ParameterHistory | undefined,
  tier: ParameterTier,
  context: OperationContext,
): ParameterHistory {
  const type = input.Type ?? current?.Type;
  return {
    Name: input.Name,
    Type: type,
    ...(type === 'SecureString' ? { KeyId: input.KeyId ?? current?.KeyId ?? DEFAULT_KEY_ID } : {}),
    LastModifiedDate: new Date(context.now),
    LastModifiedUser: callerArn(context),
    Description: input.Description ?? current?.Description,
    Value: input.Value,
    AllowedPattern: input.AllowedPattern ?? current?.AllowedPattern,
    Version: (current?.Version ?? 0) + 1,
    Labels: [],
    Tier: tier,
    Policies: [],
    DataType: input.DataType ?? current?.DataType ?? 'text',
  };
}

function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

function constraint(subject: string, rule: string): AwsError {
  return invalid(`1 validation error detected: ${subject} failed to satisfy constraint: ${rule}`);
}

function tagsAndOverwrite(): AwsError {
  return invalid(
    "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
  );
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
