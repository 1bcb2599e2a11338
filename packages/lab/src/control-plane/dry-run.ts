// dry run: whether a request would succeed, without any of its effects. EC2's operations have it, as the member DryRun.
//
// As AWS answers: a caller without permission is refused first, then what the request names is checked, and a good request ends as a 412. The
// operation knows nothing of it: it works on a copy of EC2's books, and nothing that it asks for is done.
import { AwsError } from './aws-error.js';
import { isReading } from './reading-operation.js';
import type { IdSource, Operation, OperationContext } from './types.js';

export function isDryRun(input: object): boolean {
  return 'DryRun' in input && input.DryRun === true;
}

/** Throws what the operation throws, and DryRunOperation where it throws nothing. Changes nothing. */
export function tryOut(
  operationName: string,
  operation: Operation<object, object>,
  input: object,
  context: OperationContext,
): never {
  const { state } = context;
  operation(
    { ...input, DryRun: undefined },
    {
      ...context,
      state: isReading(operationName) ? state : { ...state, ec2: structuredClone(state.ec2) },
      ids: throwawayIds,
      emit: () => undefined,
      schedule: () => undefined,
      meetsFault: () => false,
    },
  );
  throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
}

/** Nothing is drawn from the lab's seed: what comes after a dry run has the ids that it would have had without. */
const throwawayIds: IdSource = {
  hex: (prefix, digits) => `${prefix}${'0'.repeat(digits)}`,
  uuid: () => '00000000-0000-4000-8000-000000000000',
  random: () => 0,
};
