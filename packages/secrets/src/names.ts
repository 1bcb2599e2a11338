// Names: how a parameter below a path becomes a key of the schema. One name, one key: two parameters that would become the same key
// are refused, never merged (christippett/ssm-parameter-store overwrites silently).
import { type Problem, refuse } from './secrets-error.js';

/**
 * `/app/production` and `/app/production/` are the same path.
 *
 * @throws SecretsError SECRETS_PATH_INVALID for what cannot be one.
 */
export function normalizePath(path: string): string {
  const normal = path.endsWith('/') ? path : `${path}/`;
  // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html: names, and fifteen levels of them.
  if (!/^(\/[\w.-]+){1,14}\/$/.test(normal)) {
    throw refuse(
      'configuration',
      'SECRETS_PATH_INVALID',
      `The path ${JSON.stringify(path)} is not a Parameter Store path`,
      'Give a path such as /app/production/.',
    );
  }
  return normal;
}

/** Makes a key of what follows the path. The default keeps it as it is: `db/password` stays `db/password`. */
export type NameMapping = (relativeName: string) => string;

export interface MappedNames {
  /** Parameter name by key. */
  readonly names: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/** Keys for parameter names; every collision is a problem that names both parameters. */
export function mapNames(parameterNames: Iterable<string>, path: string, mapping: NameMapping): MappedNames {
  const names = new Map<string, string>();
  const problems: Problem[] = [];
  for (const parameterName of parameterNames) {
    const key = mapping(parameterName.slice(path.length));
    const other = names.get(key);
    if (other === undefined) names.set(key, parameterName);
    else {
      problems.push({
        code: 'SECRET_NAME_COLLISION',
        name: key,
        message: `${other} and ${parameterName} would both become ${key}`,
      });
    }
  }
  return { names, problems };
}
