// secrets-path: a path of Parameter Store, as the constructs take it: `/app/production/`, with or without the slash at its end.
import type { Stack } from 'aws-cdk-lib';
import { Token } from 'aws-cdk-lib';

/** What an application does to read its secrets. */
export const readActions = ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'];

/** Without its last slash. Throws for what is no path of Parameter Store, and for one that is not known at synthesis. */
export function plainPath(path: string): string {
  if (Token.isUnresolved(path))
    throw new Error(
      'A path of secrets must be known when the app is synthesized: write it out, such as /app/production/.',
    );
  if (!/^\/[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*\/?$/.test(path))
    throw new Error(`${path} is no path of Parameter Store: write it from its first slash, such as /app/production/.`);
  return path.replace(/\/$/, '');
}

/** GetParametersByPath is authorized on the path itself, and GetParameter on what is below it: a policy needs both. */
export function pathArns(stack: Stack, path: string): string[] {
  const plain = plainPath(path).slice(1);
  return [plain, `${plain}/*`].map((resourceName) =>
    stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName }),
  );
}

/** Whether what is allowed below `outer` covers `inner`. */
export function covers(outer: string, inner: string): boolean {
  return plainPath(inner) === plainPath(outer) || plainPath(inner).startsWith(`${plainPath(outer)}/`);
}
