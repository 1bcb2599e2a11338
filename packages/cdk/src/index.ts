export type { DeployGrantOptions } from './deploy-policy';
export * from './immutable-fleet';
export * from './lab-environment';
export * from './management-domain';
export * from './parameter-store-endpoint';
export * from './preflight-checks';
