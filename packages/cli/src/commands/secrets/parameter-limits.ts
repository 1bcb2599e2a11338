// What Parameter Store takes, known before it is asked.
// https://docs.aws.amazon.com/general/latest/gr/ssm.html and API_PutParameter.html
import { DirectrixError } from '@directrix/rollout';

export const standardBytes = 4_096;
const advancedBytes = 8_192;
const longestName = 1_011;
const mostLevels = 15;

/** Why a name cannot be a parameter's, or undefined. */
export function refuseName(name: string): string | undefined {
  if (!name.startsWith('/')) return 'a name is a whole path and begins with /';
  if (!/^(\/[\w.-]+)+$/.test(name)) return 'a name has letters, digits, and . - _ between single slashes';
  if (/^\/(aws|ssm)/i.test(name)) return 'names that begin with aws or ssm are reserved';
  if (name.split('/').length - 1 > mostLevels) return `a name has at most ${mostLevels} levels`;
  if (name.length > longestName) return `a name has at most ${longestName} characters`;
  return undefined;
}

/** Why a value cannot be stored, or undefined. Says sizes, and nothing of the value. */
export function refuseValue(value: string, isAdvanced: boolean): string | undefined {
  const bytes = Buffer.byteLength(value, 'utf8');
  if (bytes === 0) return 'it is empty, and Parameter Store keeps no empty values';
  // "You can't include values wrapped in double brackets {{}} or {{ssm:parameter-name}}": API_PutParameter.html
  if (value.includes('{{')) return 'it holds {{, and Parameter Store takes no value with double braces';
  if (bytes > advancedBytes) return `it has ${bytes} bytes, and ${advancedBytes} are the most`;
  if (bytes > standardBytes && !isAdvanced)
    return `it has ${bytes} bytes, and ${standardBytes} are the most without --advanced`;
  return undefined;
}

/** `/app/production` and `/app/production/` are the same path. Throws USAGE. */
export function normalizePath(path: string): string {
  const normal = path.endsWith('/') ? path : `${path}/`;
  if (/^(\/[\w.-]+)+\/$/.test(normal)) return normal;
  throw new DirectrixError('USAGE', `${JSON.stringify(path)} is not a path of Parameter Store.`, {
    source: 'directrix secrets',
    hint: 'write it as /app/production/',
  });
}

/** Throws USAGE for what cannot be a name. Of NAME=value only the name is repeated: the rest may be a secret. */
export function expectName(given: string): string {
  const refusal = refuseName(given);
  if (refusal === undefined) return given;
  const [name = '', ...rest] = given.split('=');
  if (rest.length > 0) {
    throw new DirectrixError(
      'USAGE',
      `A value was given after ${JSON.stringify(name)}: an argument is in the process list and in the shell's history.`,
      {
        source: 'directrix secrets',
        hint: 'give the value on stdin, and change it if it was a real one',
      },
    );
  }
  throw new DirectrixError('USAGE', `${JSON.stringify(name)} is not a name of Parameter Store: ${refusal}.`, {
    source: 'directrix secrets',
    hint: 'write it as /app/production/DATABASE_URL',
  });
}
