// authorize request: whether a caller may do this, by IAM and by the VPC endpoint through which the request came.
//
//   A3. The administrator may do everything; an instance may do what its role allows and its endpoint's policy does not withhold.
//   A4. A refusal says which kind of policy refused, in AWS's words, because that is the diagnosis.
import { type AccessRequest as PolicyRequest, readPolicy } from '@directrix/iam';
import { AwsError } from '../control-plane/aws-error.js';
import type { Caller, LabState, Permission, Route, ServiceDefinition } from '../control-plane/types.js';
import { callerArn } from './caller-arn.js';
import { type Decision, decideAccess } from './decide-access.js';
import { policiesOfRole } from './role-policies.js';

export interface AccessRequest {
  readonly state: LabState;
  readonly service: ServiceDefinition;
  readonly operationName: string;
  readonly input: object;
  readonly caller: Caller;
  readonly route: Route;
}

/** Throws the service's AccessDenied error when the caller may not do this. */
export function authorizeRequest(request: AccessRequest): void {
  const { state, service, operationName, input, caller } = request;
  if (caller.kind === 'administrator') return;
  const permissions = service.permissions?.(operationName, input, state) ?? [
    { action: `${service.name}:${operationName}`, resource: '*' },
  ];
  for (const permission of permissions) {
    checkIdentity(request, permission);
    // SSM itself asks KMS to decrypt: that request does not pass through the instance's endpoint.
    if (!permission.action.startsWith('kms:')) checkEndpoint(request, permission);
  }
}

function checkIdentity(request: AccessRequest, permission: Permission): void {
  const { state, caller } = request;
  const role = caller.kind === 'instanceRole' ? state.iam.roles.get(caller.roleName) : undefined;
  const decision = decideAccess(role === undefined ? [] : policiesOfRole(role), policyRequestOf(request, permission));
  if (decision.kind === 'allowed') return;
  if (permission.action.startsWith('kms:')) throw keyRefused();
  throw refused(request, permission, decision, 'identity-based policy');
}

function checkEndpoint(request: AccessRequest, permission: Permission): void {
  const { state, route } = request;
  if (route.kind !== 'vpcEndpoint') return;
  const text = state.ec2.vpcEndpoints.get(route.vpcEndpointId)?.PolicyDocument;
  // Without a policy an endpoint lets everything pass.
  if (text === undefined || text === '') return;
  const policy = readPolicy(route.vpcEndpointId, text, 'resource');
  const decision = decideAccess([policy], policyRequestOf(request, permission));
  if (decision.kind !== 'allowed') throw refused(request, permission, decision, 'VPC endpoint policy');
}

function policyRequestOf({ state, caller, route }: AccessRequest, { action, resource }: Permission): PolicyRequest {
  const { accountId, region } = state;
  const roleName = caller.kind === 'instanceRole' ? caller.roleName : '';
  const roleArn = state.iam.roles.get(roleName)?.arn ?? '';
  const vpcEndpointId = route.kind === 'vpcEndpoint' ? route.vpcEndpointId : undefined;
  const vpcId = vpcEndpointId === undefined ? undefined : state.ec2.vpcEndpoints.get(vpcEndpointId)?.VpcId;
  return {
    action,
    resource,
    // Where AWS may check the account first or not, the lab does not.
    principal: { arns: [roleArn, callerArn({ state, caller })], accountId, isAccountChecked: false },
    context: {
      // An empty list is a key that the request does not have. What is not here, the lab does not know (A2).
      values: {
        'aws:PrincipalAccount': [accountId],
        'aws:PrincipalArn': [roleArn],
        'aws:PrincipalType': ['AssumedRole'],
        'aws:ResourceAccount': [accountId],
        'aws:RequestedRegion': [region],
        'aws:SecureTransport': ['true'],
        'aws:ViaAWSService': ['false'],
        'aws:MultiFactorAuthPresent': [],
        'aws:username': [],
        'aws:SourceVpce': vpcEndpointId === undefined ? [] : [vpcEndpointId],
        ...(vpcEndpointId === undefined
          ? { 'aws:SourceVpc': [] }
          : vpcId !== undefined && { 'aws:SourceVpc': [vpcId] }),
        ...(action.startsWith('kms:') && { 'kms:ViaService': [`ssm.${region}.amazonaws.com`] }),
      },
    },
  };
}

function refused(
  { state, service, caller }: AccessRequest,
  { action, resource }: Permission,
  decision: Decision,
  policyKind: 'identity-based policy' | 'VPC endpoint policy',
): AwsError {
  const subject = `User: ${callerArn({ state, caller })} is not authorized to perform: ${action}`;
  const object = resource === '*' ? '' : ` on resource: ${resource}`;
  const reason =
    decision.kind === 'explicitDeny'
      ? `with an explicit deny in ${policyKind === 'VPC endpoint policy' ? 'a' : 'an'} ${policyKind}`
      : `because no ${policyKind} allows the ${action} action`;
  return accessDenied(service, `${subject}${object} ${reason}`);
}

function accessDenied({ protocol }: ServiceDefinition, message: string): AwsError {
  if (protocol === 'awsJson1_1') return new AwsError('AccessDeniedException', message);
  if (protocol === 'awsQuery' || protocol === 'restXml') return new AwsError('AccessDenied', message, 403);
  return new AwsError('UnauthorizedOperation', `You are not authorized to perform this operation. ${message}`, 403);
}

// What SSM passes on from KMS.
function keyRefused(): AwsError {
  return new AwsError(
    'AccessDeniedException',
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
  );
}
