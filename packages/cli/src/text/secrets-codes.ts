// secrets-codes: what each code of @directrix/secrets means, by the layer that failed. The table of docs/secrets.md is made from it.
import type { Layer, SecretsCode, SecretsWarningCode } from '@directrix/secrets';
import type { CodeRow } from './code-row.js';

interface SecretsCodeRow extends CodeRow {
  readonly layer: Layer;
}

/** The lowest layer first. */
export const secretsCodes = {
  SECRETS_REGION_MISSING: { layer: 'configuration', meaning: 'no region', fix: '`AWS_REGION`, or `region`' },
  SECRETS_PATH_INVALID: { layer: 'configuration', meaning: 'no path of Parameter Store', fix: '`/app/production/`' },
  SECRETS_OPTIONS_CONFLICT: {
    layer: 'configuration',
    meaning: 'options that contradict each other',
    fix: 'the message says which',
  },
  SECRETS_KEY_INVALID: {
    layer: 'configuration',
    meaning: 'the key of last-known-good is not 32 bytes',
    fix: '32 random bytes',
  },
  DNS_NAME_NOT_FOUND: {
    layer: 'name',
    meaning: 'the name does not resolve',
    fix: "the VPC's `enableDnsSupport`, private hosted zones, the region",
  },
  DNS_PRIVATE_DISABLED: {
    layer: 'name',
    meaning: 'a public address, from a machine without one, that does not answer',
    fix: 'private DNS of the endpoint on, or a NAT gateway',
  },
  PUBLIC_NO_EGRESS: {
    layer: 'network',
    meaning: 'a public address, from a machine with one, that does not answer',
    fix: 'route to the internet gateway, security group, ACL',
  },
  ENI_SG_RULES_MISMATCH: {
    layer: 'network',
    meaning: 'a private address that does not answer: the name is right',
    fix: "out of the instance's group on 443, into the endpoint's group from it; then the ACLs",
  },
  PARTIAL_AZ: {
    layer: 'network',
    meaning: 'some of the addresses do not answer',
    fix: 'ACLs and routes of those zones',
  },
  CONNECT_REFUSED: {
    layer: 'network',
    meaning: 'refused or reset: AWS drops and does not refuse',
    fix: 'a proxy, or a wrong host',
  },
  CONNECT_DROPPED: {
    layer: 'network',
    meaning: 'attempts were dropped, and a probe was answered',
    fix: 'a network that fails now and then',
  },
  TLS_FAILED: {
    layer: 'tls',
    meaning: 'the handshake or the certificate',
    fix: 'something between terminates TLS, or the certificate bundle is old',
  },
  INSTANCE_PROFILE_MISSING: {
    layer: 'credentials',
    meaning: 'the metadata service has no role',
    fix: 'attach an instance profile',
  },
  IMDS_DISABLED: {
    layer: 'credentials',
    meaning: 'the metadata service is switched off',
    fix: '`HttpEndpoint` enabled',
  },
  IMDS_HOP_LIMIT: {
    layer: 'credentials',
    meaning: 'the metadata service answers and its tokens do not arrive: a container on a bridge',
    fix: '`HttpPutResponseHopLimit` 2',
  },
  NO_CREDENTIALS: { layer: 'credentials', meaning: 'no provider has any', fix: '`AWS_PROFILE`, keys, a profile' },
  CREDENTIALS_REJECTED: { layer: 'credentials', meaning: 'wrong or expired', fix: 'renew them' },
  POLICY_IAM_PATH: {
    layer: 'authorization',
    meaning: 'the role may not read the path',
    fix: '`ssm:GetParameters`, `ssm:GetParametersByPath` on `parameter/app/production` and `parameter/app/production/*`',
  },
  POLICY_ENDPOINT: {
    layer: 'authorization',
    meaning: 'the policy of the VPC endpoint withholds it',
    fix: 'allow the same there',
  },
  KMS_CMK_DECRYPT: {
    layer: 'authorization',
    meaning: 'the values cannot be decrypted',
    fix: '`kms:Decrypt` on the customer key, in both policies',
  },
  SERVICE_SILENT: { layer: 'service', meaning: 'connected, and no answer in time', fix: 'AWS Health' },
  THROTTLED: { layer: 'service', meaning: 'every attempt was throttled', fix: 'read by names; higher throughput' },
  SERVICE_FAULT: { layer: 'service', meaning: 'every attempt was answered 5xx', fix: 'AWS Health' },
  SERVICE_REFUSED: {
    layer: 'service',
    meaning: 'another final answer; its name is in the message',
    fix: 'as AWS says',
  },
  DEADLINE_EXCEEDED: {
    layer: 'service',
    meaning: 'the total time was over before anything failed',
    fix: '`limits.totalMs`; a network that is slow',
  },
  PATH_EMPTY: {
    layer: 'path',
    meaning: 'nothing is there: Parameter Store calls that a success',
    fix: 'path, region, account',
  },
  PATH_TOO_LARGE: { layer: 'path', meaning: 'more than 1,000 pages', fix: 'a path further down' },
  SECRET_MISSING: {
    layer: 'values',
    meaning: 'the schema wants it and it is not there; every one of them, at once',
    fix: '`directrix secrets set`',
  },
  SECRET_MALFORMED: {
    layer: 'values',
    meaning: 'the schema refuses its value; every one of them, at once',
    fix: '`directrix secrets set`',
  },
  SECRET_UNEXPECTED: {
    layer: 'values',
    meaning: 'a parameter that the schema does not know, if asked',
    fix: 'delete it, or add it',
  },
  SECRET_NAME_COLLISION: { layer: 'values', meaning: 'two parameters would become one key', fix: 'another `mapping`' },
  SCHEMA_FAILED: {
    layer: 'values',
    meaning: 'the schema itself threw; what it threw may hold a value and is not shown',
    fix: 'try the schema alone',
  },
} as const satisfies Record<SecretsCode, SecretsCodeRow>;

/** Said on standard error only. */
export const secretsWarningCodes = {
  SECRET_NOT_LABELLED: { meaning: 'a pinned label is not there, and the current version was read, as asked', fix: '' },
  LAST_KNOWN_GOOD_NOT_KEPT: { meaning: 'the file of last-known-good could not be written', fix: '' },
  NAMES_DENIED: {
    meaning: '`ssm:GetParameters` is denied, and the path was read instead: one round trip for every ten parameters',
    fix: '',
  },
} as const satisfies Record<SecretsWarningCode, CodeRow>;
