// secrets-need: where a release reads its secrets, and who says so.
import type { Image } from '@aws-sdk/client-ec2';
import { type NetworkSnapshot, partitionOf } from '@directrix/reachability';
import { resourcesOf } from './role-access.js';
import type { RoleSnapshot } from './snapshot.js';

/** Tag of an image: the path that the release reads its secrets below, or `none`. */
export const secretsTag = 'directrix:secrets';

/** Tag of an image: the names that the release expects below the path, with spaces between them. */
export const secretNamesTag = 'directrix:secret-names';

export type SecretsNeed =
  | { readonly kind: 'path'; readonly path: string; readonly saidBy: 'option' | 'image' | 'role' }
  /** The role may read parameters by their names, so no path is known. */
  | { readonly kind: 'names' }
  /** Nothing says a path, but the VPC has an endpoint for Parameter Store, and somebody put it there for a reason. */
  | { readonly kind: 'endpoint' }
  /** The release says that it reads none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

export interface SecretsWitnesses {
  /** `--secrets-path`. */
  readonly option?: string;
  readonly image?: Image;
  readonly role?: RoleSnapshot;
  readonly network?: NetworkSnapshot;
}

/**
 * The option, else the image's tag, else the role: one that may read parameters below a path was made for an application that does.
 *
 * | option | tag     | role reads           | need                              |
 * |--------|---------|----------------------|-----------------------------------|
 * | /a/b/  | any     | any                  | /a/b/                             |
 * | -      | /a/b/   | any                  | /a/b/                             |
 * | -      | none    | any                  | none                              |
 * | -      | -       | parameter/a/b/*      | /a/b, or names, by its actions    |
 * | -      | -       | parameter/* or *     | as if it said nothing             |
 * | -      | -       | nothing              | endpoint, if the VPC has one      |
 */
export function findSecretsNeed({ option, image, role, network }: SecretsWitnesses): SecretsNeed {
  if (option !== undefined) return { kind: 'path', path: option, saidBy: 'option' };
  const tag = image?.Tags?.find(({ Key }) => Key === secretsTag)?.Value?.trim();
  if (tag === 'none') return { kind: 'none' };
  if (tag?.startsWith('/')) return { kind: 'path', path: tag, saidBy: 'image' };
  const path = role && pathOfRole(role, ['ssm:GetParametersByPath']);
  if (path === undefined && role && pathOfRole(role, ['ssm:GetParameters', 'ssm:GetParameter']) !== undefined)
    return { kind: 'names' };
  if (path !== undefined) return { kind: 'path', path, saidBy: 'role' };
  const hasEndpoint = network?.vpcEndpoints?.some(({ ServiceName }) => ServiceName?.endsWith('.ssm'));
  return hasEndpoint ? { kind: 'endpoint' } : { kind: 'unknown' };
}

/** The names that the image's tag says; undefined when it has none. */
export function expectedNamesOf(image: Image | undefined): readonly string[] | undefined {
  const text = image?.Tags?.find(({ Key }) => Key === secretNamesTag)?.Value;
  return text === undefined ? undefined : text.split(/[\s,]+/).filter((name) => name !== '');
}

function pathOfRole(role: RoleSnapshot, actions: readonly string[]): string | undefined {
  const resources = actions.flatMap((action) => resourcesOf(role, action));
  const paths = resources.flatMap((resource) => {
    const path = /:parameter(\/[^*?]+?)\/?(\*)?$/.exec(resource)?.[1];
    return path === undefined ? [] : [path];
  });
  // The shortest holds the others, or is as good as any.
  return [...new Set(paths)].sort((left, right) => left.length - right.length || left.localeCompare(right))[0];
}

/** The resource that IAM judges ssm:GetParametersByPath by: the path as it is asked for, with its trailing slash. */
export function pathArn(region: string, accountId: string, path: string): string {
  return `arn:${partitionOf(region)}:ssm:${region}:${accountId}:parameter${path.startsWith('/') ? path : `/${path}`}`;
}
