import type {
  EvaluationResult,
  SimulatePolicyResponse,
  SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { type ReadPolicy, type RequestContext, readPolicy } from '@directrix/iam';
import { type Decision, decideAccess } from '../../../access/decide-access.js';
import { policiesOfRole } from '../../../access/role-policies.js';
import { AwsError } from '../../../control-plane/aws-error.js';
import type { OperationContext } from '../../../control-plane/types.js';
import { checkPolicyDocument, noSuchEntity } from '../entities.js';

/** Judges by the evaluator that judges real requests: every action on every resource. Only roles can be asked about. */
export function simulatePrincipalPolicy(
  input: SimulatePrincipalPolicyCommandInput,
  { state }: OperationContext,
): SimulatePolicyResponse {
  const role = [...state.iam.roles.values()].find(({ arn }) => arn === input.PolicySourceArn);
  if (role === undefined) throw noSuchEntity(`The policy source ${input.PolicySourceArn} cannot be found.`);
  const policies = [...policiesOfRole(role), ...readExtraPolicies(input.PolicyInputList ?? [])];
  const context = { values: readContext(input) };
  const results = input.ActionNames!.flatMap((action) => {
    checkAction(action);
    return (input.ResourceArns ?? ['*']).map((resource) =>
      describeDecision(action, resource, decideAccess(policies, { action, resource, context })),
    );
  });
  return { EvaluationResults: results, IsTruncated: false };
}

function readExtraPolicies(texts: readonly string[]): readonly ReadPolicy[] {
  return texts.map((text, index) => {
    checkPolicyDocument(text);
    return readPolicy(`PolicyInputList.${index + 1}`, text);
  });
}

function readContext({ ContextEntries = [] }: SimulatePrincipalPolicyCommandInput): RequestContext['values'] {
  return Object.fromEntries(
    ContextEntries.map(({ ContextKeyName = '', ContextKeyValues = [] }) => [ContextKeyName, ContextKeyValues]),
  );
}

function checkAction(action: string): void {
  if (/^[\w-]+:[\w*?]+$/.test(action)) return;
  throw new AwsError('InvalidInput', `ActionNames: ${action} is not a valid action.`);
}

function describeDecision(action: string, resource: string, decision: Decision): EvaluationResult {
  return {
    EvalActionName: action,
    EvalResourceName: resource,
    EvalDecision: decision.kind,
    MatchedStatements: decision.kind === 'implicitDeny' ? [] : [{ SourcePolicyId: decision.policyId }],
    MissingContextValues: decision.kind === 'implicitDeny' ? [...decision.missingKeys] : [],
  };
}
