import { AwsError } from '../../control-plane/aws-error.js';

const MOST_NAMES = 10;

/** The names, each once. Throws ValidationException unless there are 1 to 10. */
export function checkNameCount(names: readonly string[]): readonly string[] {
  if (names.length >= 1 && names.length <= MOST_NAMES) return [...new Set(names)];
  const rule = names.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${MOST_NAMES}`;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value '[${names.join(', ')}]' at 'names' failed to satisfy constraint: Member must have length ${rule}`,
  );
}
