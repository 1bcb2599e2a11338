// endpoint-policy: whether an endpoint's policy lets a request pass. Such a policy never grants, it only withholds.
import { type Answer, type Asked, type Doubt, evaluatePolicies, type RequestContext, readPolicy } from '@directrix/iam';
import type { AccessQuestion } from './question.js';

type PolicyJudgement =
  | { readonly kind: 'allows' }
  /** Some requests pass, or what decides is not known. */
  | { readonly kind: 'mayAllow'; readonly note: string }
  /** `deniedBy` names the statement of an explicit denial. */
  | { readonly kind: 'withholds'; readonly because: string; readonly deniedBy?: string };

interface PolicyQuestion {
  readonly vpcEndpointId: string;
  /** A missing document is the default one: everything passes. */
  readonly document: string | undefined;
  /** `ssm`, the prefix of the service's actions. */
  readonly servicePrefix: string;
  readonly access?: AccessQuestion;
  /** What is known of the request besides who asks for what. */
  readonly context: RequestContext['values'];
}

/** Every action on every resource must pass; the first that does not decides. */
export function judgeEndpointPolicy(question: PolicyQuestion): PolicyJudgement {
  const { document, vpcEndpointId, servicePrefix, access } = question;
  if (document === undefined || document.trim() === '') return { kind: 'allows' };
  const policy = readPolicy(vpcEndpointId, document, 'resource');
  const principal = access?.principalArn === undefined ? undefined : principalOf(access.principalArn);
  const context = { values: { ...question.context, ...(principal && { 'aws:PrincipalArn': principal.arns }) } };
  const judgements = (access?.actions ?? [{ like: `${servicePrefix}:*` }]).flatMap((action) =>
    (access?.resources ?? ['*']).map((resource) => {
      const request = { action, resource: askedResource(resource), context, ...(principal && { principal }) };
      return judgementOf(evaluatePolicies([policy], request), action);
    }),
  );
  return (
    judgements.find(({ kind }) => kind === 'withholds') ??
    judgements.find(({ kind }) => kind === 'mayAllow') ?? { kind: 'allows' }
  );
}

function principalOf(arn: string) {
  const accountId = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn)?.[1];
  return { arns: [arn], ...(accountId !== undefined && { accountId }) };
}

// Which resource is asked for is not known, or not to its last part.
function askedResource(resource: string): Asked {
  return /[*?]/.test(resource) ? { like: resource } : resource;
}

function judgementOf(answer: Answer, action: Asked): PolicyJudgement {
  const name = typeof action === 'string' ? action : action.like;
  switch (answer.kind) {
    case 'yes':
      return { kind: 'allows' };
    case 'no':
      return answer.reason === 'explicitDeny'
        ? { kind: 'withholds', because: `${answer.by} denies ${name}`, deniedBy: answer.by }
        : { kind: 'withholds', because: `no statement of its policy allows ${name}` };
    case 'cannotTell': {
      const hinges = [...new Set(answer.because.map(hingeOf))];
      return { kind: 'mayAllow', note: `whether its policy allows ${name} depends on ${hinges.join(' and ')}` };
    }
  }
}

function hingeOf(doubt: Doubt): string {
  switch (doubt.code) {
    case 'conditionKey':
      return doubt.key;
    case 'variable':
      return doubt.variable;
    case 'operator':
      return `the operator ${doubt.operator}`;
    case 'conditionValue':
      return `the value ${doubt.value} of ${doubt.operator}`;
    case 'action':
      return 'the action';
    case 'resource':
      return 'the resource';
    case 'principal':
    case 'notPrincipalAccount':
      return 'the principal';
    case 'document':
      return `a document that cannot be read (${doubt.fault})`;
  }
}
