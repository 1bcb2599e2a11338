export { type Policy, type PolicyKind, type ReadPolicy, readPolicy, type Statement, unreadPolicy } from './document.js';
export type { DocumentFault, Doubt } from './doubt.js';
export { type Access, type Answer, evaluateAccess, evaluatePolicies, listAllowedResources } from './evaluate.js';
export type { AccessRequest, Asked, RequestContext, RequestPrincipal } from './request.js';
export { matchesWildcard, type Pattern, parseEscapedPattern } from './wildcard.js';
