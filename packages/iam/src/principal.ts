// principal: whether a statement's Principal or NotPrincipal means who asks.
import type { PrincipalSelection } from './document.js';
import type { Truth } from './doubt.js';
import type { RequestPrincipal } from './request.js';

type Named = PrincipalSelection['principals'][number];

/** Whether the statement applies to the caller, by its principals alone. */
export function meansPrincipal(
  selection: PrincipalSelection,
  caller: RequestPrincipal | undefined,
  statement: string,
): Truth {
  const { isNegated, principals } = selection;
  if (principals.some(isEverybody)) return !isNegated;
  if (caller === undefined) return [{ code: 'principal', statement }];
  const isNamed = principals.some((one) => isCaller(one, caller));
  const isAccountNamed = principals.some((one) => isAccountOf(one, caller));
  if (!isNegated) return isNamed || isAccountNamed;
  // An account that is excepted is its root user alone; and a caller is surely excepted only beside its account.
  if (!isNamed) return true;
  if (isAccountNamed || caller.service !== undefined) return false;
  return caller.isAccountChecked ?? [{ code: 'notPrincipalAccount', statement }];
}

function isEverybody({ type, id }: Named): boolean {
  return id === '*' && (type === '*' || type === 'AWS');
}

function isCaller({ type, id }: Named, { arns, service }: RequestPrincipal): boolean {
  if (type === 'AWS') return arns.includes(id);
  return type === 'Service' && service !== undefined && (id === service || id === '*');
}

function isAccountOf({ type, id }: Named, caller: RequestPrincipal): boolean {
  const account = caller.accountId ?? accountOf(caller.arns[0]);
  return type === 'AWS' && account !== undefined && (id === account || isRootOf(id, account));
}

function isRootOf(id: string, account: string): boolean {
  return /^arn:[^:]+:iam::(\d+):root$/.exec(id)?.[1] === account;
}

function accountOf(arn: string | undefined): string | undefined {
  return arn === undefined ? undefined : /^arn:[^:]*:[^:]*:[^:]*:(\d+):/.exec(arn)?.[1];
}
