// Names for environment variables. One name, one variable: two parameters that would become the same are refused, never merged.

import type { StoredParameter } from '@directrix/aws';
import { DirectrixError } from '@directrix/rollout';

/**
 * Values by variable: what follows the path, with `/`, `-` and `.` as `_`.
 *
 *     /app/production/DATABASE_URL -> DATABASE_URL      /app/production/db/password -> db_password
 *
 * Throws SECRET_NAME_COLLISION, or SECRET_NAME_INVALID for what cannot be a variable's name.
 */
export function nameVariables(secrets: readonly StoredParameter[], path: string): ReadonlyMap<string, string> {
  const origins = new Map<string, string>();
  const values = new Map<string, string>();
  for (const { name, value } of secrets) {
    const variable = name.slice(path.length).replace(/[/.-]/g, '_');
    const other = origins.get(variable);
    if (other !== undefined) {
      throw new DirectrixError('SECRET_NAME_COLLISION', `${other} and ${name} would both become ${variable}.`, {
        source: path,
        hint: 'use a path further down, or --format json, which keeps the names as they are',
      });
    }
    if (!/^[A-Za-z_]\w*$/.test(variable)) {
      throw new DirectrixError('SECRET_NAME_INVALID', `${name} cannot be the name of a variable.`, { source: path });
    }
    origins.set(variable, name);
    values.set(variable, value);
  }
  return values;
}
