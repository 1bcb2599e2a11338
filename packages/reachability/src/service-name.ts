// What the host names of AWS mean: `ssm.us-west-2.amazonaws.com` is the service `com.amazonaws.us-west-2.ssm`.

export type AwsName =
  /** A service's own host name, which an interface endpoint of `serviceName` may take over. */
  | { readonly kind: 'service'; readonly region: string; readonly serviceName: string; readonly suffix: string }
  /** `vpce-…`: the endpoint's own name; `zone` for the name of one zone. */
  | { readonly kind: 'endpoint'; readonly vpcEndpointId: string; readonly zone?: string }
  /** `ip-10-0-1-23.us-west-2.compute.internal`, `i-0abc….us-west-2.compute.internal`. */
  | { readonly kind: 'instance'; readonly address?: string; readonly instanceId?: string }
  /** A name that only DNS knows: a load balancer, a database, a file system. */
  | { readonly kind: 'resource'; readonly what: string }
  /** `ssm.us-west-2.api.aws`: the dual-stack names; `plainName` is what answers with IPv4 alone. */
  | { readonly kind: 'dualStack'; readonly plainName?: string }
  /** `bucket.s3.amazonaws.com`: the region of the bucket answers, whichever it is. */
  | { readonly kind: 'anyRegion'; readonly service: string }
  | { readonly kind: 'other' };

/** Services whose host names carry a resource in front: `bucket.s3.us-west-2.amazonaws.com`. */
const NAMED_BY_RESOURCE = ['s3', 'execute-api', 'ecr.dkr', 'ecr.dkr-fips', 's3-accesspoint', 'lambda-url'];
/** Labels before the region that make the name one resource's, not a service's. */
const RESOURCE_LABELS: Readonly<Record<string, string>> = {
  elb: 'a load balancer',
  rds: 'a database',
  cache: 'a cache',
  efs: 'a file system',
  redshift: 'a warehouse',
  es: 'a search domain',
  kafka: 'a broker',
  compute: 'an instance',
};

export function readAwsName(name: string): AwsName {
  const host = name.toLowerCase().replace(/\.$/, '');
  if (/(^|\.)api\.aws$/.test(host)) return readDualStackName(host);
  const ofBucket = /^(?:.+\.)?s3(?:-([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com$/.exec(host);
  if (ofBucket !== null) {
    const [, region] = ofBucket;
    // s3-us-west-2.amazonaws.com is the older way to write s3.us-west-2.amazonaws.com.
    return region === undefined
      ? { kind: 'anyRegion', service: 's3' }
      : { kind: 'service', region, suffix: 's3', serviceName: `com.amazonaws.${region}.s3` };
  }
  const instance = readInstanceName(host);
  if (instance !== undefined) return instance;
  const endpoint =
    /^(?:\*\.|.+\.)?(vpce-[0-9a-z]+)-[0-9a-z]+(?:-([a-z]{2}(?:-[a-z]+)+-\d[a-z]))?\..*\.vpce\.amazonaws\.com(\.cn)?$/.exec(
      host,
    );
  if (endpoint !== null) {
    return {
      kind: 'endpoint',
      vpcEndpointId: endpoint[1]!,
      ...(endpoint[2] === undefined ? {} : { zone: endpoint[2] }),
    };
  }
  return readServiceName(host);
}

function readDualStackName(host: string): AwsName {
  const [, service, region] = /^(.+)\.([a-z]{2}(?:-[a-z]+)+-\d)\.api\.aws$/.exec(host) ?? [];
  if (service === undefined || region === undefined) return { kind: 'dualStack' };
  return { kind: 'dualStack', plainName: `${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}` };
}

function readInstanceName(host: string): AwsName | undefined {
  const found = /^(?:ip-(\d+)-(\d+)-(\d+)-(\d+)|(i-[0-9a-f]+))\.(?:ec2\.internal|[a-z0-9-]+\.compute\.internal)$/.exec(
    host,
  );
  if (found === null) return undefined;
  if (found[5] !== undefined) return { kind: 'instance', instanceId: found[5] };
  return { kind: 'instance', address: found.slice(1, 5).join('.') };
}

function readServiceName(host: string): AwsName {
  const china = host.endsWith('.amazonaws.com.cn');
  const base = china ? '.amazonaws.com.cn' : '.amazonaws.com';
  if (!host.endsWith(base)) return { kind: 'other' };
  const labels = host.slice(0, -base.length).split('.');
  const at = labels.findIndex((label) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(label));
  // Global names (sts.amazonaws.com, s3.amazonaws.com) belong to no region: no interface endpoint takes them over.
  if (at < 0)
    return RESOURCE_LABELS[labels.at(-1) ?? '']
      ? { kind: 'resource', what: RESOURCE_LABELS[labels.at(-1)!]! }
      : { kind: 'other' };
  const region = labels[at]!;
  // us-west-2.queue.amazonaws.com, web-1.us-west-2.elb.amazonaws.com: the older order, region first.
  // bucket.s3.dualstack.us-west-2.amazonaws.com is S3, over either family.
  const around = [...labels.slice(0, at), ...labels.slice(at + 1)].filter((label) => label !== 'dualstack');
  const resource = around.map((label) => RESOURCE_LABELS[label]).find((what) => what !== undefined);
  if (resource !== undefined && around.length > 1) return { kind: 'resource', what: resource };
  const suffix = serviceSuffix(around);
  return { kind: 'service', region, suffix, serviceName: `${china ? 'cn.' : ''}com.amazonaws.${region}.${suffix}` };
}

/** `api.ecr` -> `ecr.api`; `bucket.s3` -> `s3`; `123456789012.dkr.ecr` -> `ecr.dkr`. */
function serviceSuffix(labels: readonly string[]): string {
  const reversed = labels.toReversed();
  const whole = reversed.join('.');
  const named = NAMED_BY_RESOURCE.find((service) => whole === service || whole.startsWith(`${service}.`));
  return named ?? (whole === 'queue' ? 'sqs' : whole);
}

/** Services that a gateway endpoint serves, by prefix-list routes rather than by DNS. */
export function isGatewayService(serviceName: string): boolean {
  return /\.(s3|dynamodb)$/.test(serviceName);
}
