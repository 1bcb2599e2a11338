import type { LabHttpRequest } from '../data-plane.js';

/** `Credential=AKID/20181111/us-west-2/ssm/aws4_request`: what a request was signed for. */
interface CredentialScope {
  readonly region: string;
  readonly service: string;
}

/** From the header, or from the query of a presigned request; undefined when there is none. */
export function credentialScopeOf({ headers, query }: LabHttpRequest): CredentialScope | undefined {
  const presigned = query.includes('X-Amz-Credential') ? new URLSearchParams(query).get('X-Amz-Credential') : null;
  const [, region, service] =
    /(?:Credential=|^)[^/]*\/\d{8}\/([^/]*)\/([^/]+)\/aws4_request/.exec(headers.authorization ?? presigned ?? '') ??
    [];
  return region === undefined || service === undefined ? undefined : { region, service };
}
