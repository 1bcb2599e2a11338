// Endpoint policies: they never grant, they only withhold. Judged only where a statement clearly decides; conditions, resources
// and principals that the question does not name are notes.

export type PolicyJudgement =
  | { readonly kind: 'allows' }
  | { readonly kind: 'mayAllow'; readonly note: string }
  | { readonly kind: 'withholds'; readonly because: string; readonly isDenied: boolean };

interface Statement {
  readonly effect: string;
  readonly actions?: readonly string[];
  readonly notActions?: readonly string[];
  readonly principals: readonly string[];
  readonly isConditional: boolean;
  readonly isForEverything: boolean;
  readonly text: string;
}

export interface PolicyQuestion {
  /** `ssm`, the prefix of the service's actions. */
  readonly servicePrefix: string;
  readonly actions?: readonly string[];
  readonly principalArn?: string;
}

/** Whether a policy document can let the request pass. A missing document is the default one: everything. */
export function judgeEndpointPolicy(document: string | undefined, question: PolicyQuestion): PolicyJudgement {
  if (document === undefined || document.trim() === '') return { kind: 'allows' };
  const statements = readStatements(document);
  if (statements === undefined) return { kind: 'mayAllow', note: 'its policy cannot be read' };
  const wanted = question.actions ?? [`${question.servicePrefix}:*`];
  for (const action of wanted) {
    const judgement = judgeAction(statements, action, question);
    if (judgement.kind !== 'allows') return judgement;
  }
  return { kind: 'allows' };
}

function judgeAction(statements: readonly Statement[], action: string, question: PolicyQuestion): PolicyJudgement {
  const principal = question.principalArn;
  const fits = (statement: Statement) => matchesAction(statement, action) && mayBePrincipal(statement, principal);
  const denial = statements.find(
    (item) =>
      item.effect === 'Deny' &&
      item.isForEverything &&
      !item.isConditional &&
      coversAction(item, action) &&
      isPrincipal(item, principal),
  );
  if (denial !== undefined) return { kind: 'withholds', because: `${denial.text} denies ${action}`, isDenied: true };
  const allowing = statements.filter((item) => item.effect === 'Allow' && fits(item));
  if (allowing.length === 0) {
    return { kind: 'withholds', because: `no statement of its policy allows ${action}`, isDenied: false };
  }
  const plain = allowing.some(
    (item) => !item.isConditional && item.isForEverything && isPrincipal(item, principal) && coversAction(item, action),
  );
  const denies = statements.some((item) => item.effect === 'Deny' && fits(item));
  if (plain && !denies) return { kind: 'allows' };
  return {
    kind: 'mayAllow',
    note: 'its policy allows some requests only: the action, resource, principal or a condition decides',
  };
}

function readStatements(document: string): readonly Statement[] | undefined {
  try {
    const parsed: unknown = JSON.parse(document);
    if (!isRecord(parsed)) return undefined;
    return listOf(parsed.Statement).filter(isRecord).map(readStatement);
  } catch {
    return undefined;
  }
}

function readStatement(raw: Record<string, unknown>, index: number): Statement {
  const resources = texts(raw.Resource);
  const principal = raw.Principal;
  return {
    effect: String(raw.Effect),
    ...(raw.Action !== undefined && { actions: texts(raw.Action) }),
    ...(raw.NotAction !== undefined && { notActions: texts(raw.NotAction) }),
    principals: isRecord(principal) ? Object.values(principal).flatMap(texts) : texts(principal),
    isConditional: raw.Condition !== undefined || raw.NotPrincipal !== undefined,
    isForEverything: resources.includes('*') && raw.NotResource === undefined,
    text: typeof raw.Sid === 'string' && raw.Sid !== '' ? `statement ${raw.Sid}` : `statement ${index + 1}`,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function texts(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string');
}

/** `ssm:*` asked for means: any action of the service. */
function matchesAction(statement: Statement, action: string): boolean {
  if (statement.actions !== undefined) {
    return statement.actions.some(
      (pattern) => matchesPattern(pattern, action) || (action.endsWith(':*') && sharesService(pattern, action)),
    );
  }
  return !(statement.notActions ?? []).some((pattern) => matchesPattern(pattern, action));
}

/** Whether the statement speaks of all that is asked for. */
function coversAction(statement: Statement, action: string): boolean {
  if (statement.actions !== undefined) return statement.actions.some((pattern) => matchesPattern(pattern, action));
  return !(statement.notActions ?? []).some(
    (pattern) => matchesPattern(pattern, action) || sharesService(pattern, action),
  );
}

function sharesService(pattern: string, action: string): boolean {
  return matchesPattern(pattern.split(':')[0] ?? '', action.split(':')[0] ?? '');
}

function mayBePrincipal(statement: Statement, principalArn: string | undefined): boolean {
  if (statement.principals.length === 0) return statement.isConditional;
  return principalArn === undefined || statement.principals.some((one) => namesPrincipal(one, principalArn));
}

function isPrincipal(statement: Statement, principalArn: string | undefined): boolean {
  if (statement.principals.includes('*')) return true;
  return principalArn !== undefined && statement.principals.some((one) => namesPrincipal(one, principalArn));
}

function namesPrincipal(one: string, arn: string): boolean {
  if (one === '*' || one === arn) return true;
  const account = /^arn:[^:]*:[^:]*::(\d{12}):/.exec(arn)?.[1];
  return account !== undefined && (one === account || one.endsWith(`::${account}:root`));
}

function matchesPattern(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'i').test(text);
}
