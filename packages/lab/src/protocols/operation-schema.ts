import { NormalizedSchema } from '@smithy/core/schema';
import type { ServiceDefinition } from '../control-plane/types.js';

/** One operation as the SDK client's `<Operation>$` export describes it. */
export interface OperationSchema {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

/** An error that the service's model declares, with the code and status that the query protocols give it. */
interface ModelledError {
  readonly shapeName: string;
  readonly queryCode: string;
  readonly queryStatusCode: number;
}

type SchemaReference = Parameters<typeof NormalizedSchema.of>[0];

const OPERATION = 9;
const ERROR = -3;

/** The schema of an operation of AWS's; undefined when the service has no operation of this name. */
export function findOperationSchema(
  service: Pick<ServiceDefinition, 'schemas'>,
  name: string,
): OperationSchema | undefined {
  if (!/^[A-Z][A-Za-z0-9]*$/.test(name)) return undefined;
  const schema = service.schemas[`${name}$`];
  if (!Array.isArray(schema) || schema[0] !== OPERATION) return undefined;
  return {
    name,
    input: NormalizedSchema.of(schema[4] as SchemaReference),
    output: NormalizedSchema.of(schema[5] as SchemaReference),
  };
}

const errorsOfServices = new WeakMap<ServiceDefinition['schemas'], ReadonlyMap<string, ModelledError>>();

/** The modelled error of which `code` is the shape name or the query code. */
export function findModelledError(
  service: Pick<ServiceDefinition, 'schemas'>,
  code: string,
): ModelledError | undefined {
  let errors = errorsOfServices.get(service.schemas);
  if (errors === undefined) {
    errors = indexErrors(service.schemas);
    errorsOfServices.set(service.schemas, errors);
  }
  return errors.get(code);
}

function indexErrors(schemas: ServiceDefinition['schemas']): ReadonlyMap<string, ModelledError> {
  const errors = new Map<string, ModelledError>();
  for (const schema of Object.values(schemas)) {
    if (!Array.isArray(schema) || schema[0] !== ERROR) continue;
    const shapeName = schema[2] as string;
    const traits = NormalizedSchema.of(schema as unknown as SchemaReference).getMergedTraits() as {
      readonly awsQueryError?: readonly [code: string, statusCode: number];
      readonly httpError?: number;
    };
    const [queryCode, queryStatusCode] = traits.awsQueryError ?? [shapeName, traits.httpError ?? 400];
    const error = { shapeName, queryCode, queryStatusCode };
    errors.set(shapeName, error);
    if (!errors.has(queryCode)) errors.set(queryCode, error);
  }
  return errors;
}

/** The names of a structure's members that a request must have. The SDK's schemas list them first, and give their number. */
export function requiredMemberNames(structure: NormalizedSchema): readonly string[] {
  const schema = structure.getSchema() as unknown;
  if (!Array.isArray(schema)) return [];
  const [, , , , memberNames, , requiredCount] = schema as readonly unknown[];
  return (memberNames as readonly string[]).slice(0, typeof requiredCount === 'number' ? requiredCount : 0);
}
