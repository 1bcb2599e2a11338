import { AwsError } from '../../control-plane/aws-error.js';

const LONGEST_NAME = 1_011;
const MOST_LEVELS = 15;

/** Throws as PutParameter does when a new parameter cannot have this name. */
export function checkParameterName(name: string): void {
  if (name.startsWith('arn:')) throw invalid('Parameter ARN is not supported for this operation.');
  if (name.length > LONGEST_NAME) {
    throw invalid(`Parameter name must not be longer than ${LONGEST_NAME} characters; this one has ${name.length}.`);
  }
  if (!/^[\w./-]+$/.test(name) || /\/\/|\/$/.test(name)) throw invalid(CHARACTER_RULE);
  if (name.includes('/') && !name.startsWith('/')) throw invalid('Parameter name must be a fully qualified name.');
  checkReservedPrefix(name);
  if (name.split('/').length - 1 > MOST_LEVELS) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `A hierarchy can have a maximum of ${MOST_LEVELS} levels. For more information, see Requirements and constraints for parameter names in the Amazon Web Services Systems Manager User Guide.`,
    );
  }
}

const CHARACTER_RULE =
  'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';

function checkReservedPrefix(name: string): void {
  if (/^\/aws(\/|$)/i.test(name))
    throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${name}.`);
  if (/^\/?ssm/i.test(name)) throw invalid(CHARACTER_RULE);
  if (/^aws/i.test(name)) {
    throw invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  }
}

/** Throws as GetParametersByPath does when this is no path. */
export function checkParameterPath(path: string): void {
  if (/^\/[\w./-]*$/.test(path) && !path.includes('//')) return;
  throw invalid(
    'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
  );
}

/** Whether a parameter lies below a path: directly, or at any depth. The path itself does not. */
export function isBelowPath(name: string, path: string, isRecursive: boolean): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  // The root also holds the names that have no slash.
  const rest = prefix === '/' ? name.replace(/^\//, '') : name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return rest !== '' && (isRecursive || !rest.includes('/'));
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
