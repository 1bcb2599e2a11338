// The AWS clients of one deployer: made in one place, so that region, endpoint, retries and errors are the same for all.
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Account } from './account.js';
import type { AwsClock } from './aws-clock.js';
import { describeFailure } from './aws-failure.js';

export interface AwsClients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly ssm: SSMClient;
  /** Asked for alarms alone. */
  readonly cloudWatch: CloudWatchClient;
  /** Asked for what the instances' agents have shipped. */
  readonly logs: CloudWatchLogsClient;
  /** Only preflight asks these. */
  readonly iam: IAMClient;
  readonly route53: Route53Client;
  readonly sts: STSClient;
  /** Closes the sockets that are kept for reuse. */
  destroy(): void;
}

export interface AwsClientOptions {
  /** Of Directrix: the user agent says `directrix/<version>`. */
  readonly version: string;
  /** Default: as the SDK finds it. See chooseAccount. */
  readonly region?: string | (() => Promise<string>);
  /** Default: AWS_ENDPOINT_URL. Named in errors. */
  readonly endpoint?: string;
  readonly credentials?:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly expiration?: Date }
    | Account['credentials'];
  /** Tries of one request by the SDK itself, with its own back-off on the wall clock. Default 5; a simulation wants 1. */
  readonly maxAttempts?: number;
  /** How long one try may wait for an answer. Default 20 s. */
  readonly answerTimeoutMs?: number;
  /** In place of the network: a lab's `requestHandler`. */
  readonly requestHandler?: unknown;
  /** Called once for each API call with IAM's name of it: `ec2:DescribeInstances`. */
  readonly onCall?: (action: string) => void;
  /** Learns AWS's time from each answer. */
  readonly clock?: AwsClock;
}

// The SDK waits without end by itself: a network that drops what was sent would hold a rollout for good, half done.
const connectTimeoutMs = 5_000;
const defaultAnswerTimeoutMs = 20_000;

/**
 * Clients whose every failure is a DirectrixError with AWS's code and text in its message and AWS's error as its cause. Nothing is
 * read or sent until the first call.
 */
export function createAwsClients(options: AwsClientOptions): AwsClients {
  const configuration = {
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    requestHandler: (options.requestHandler ?? {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: options.answerTimeoutMs ?? defaultAnswerTimeoutMs,
      throwOnRequestTimeout: true,
    }) as never,
    customUserAgent: [['directrix', options.version] as [string, string]],
    // Adaptive retry waits in wall-clock time; a caller that tries once retries on a clock of its own.
    retryMode: options.maxAttempts === 1 ? 'standard' : 'adaptive',
    maxAttempts: options.maxAttempts ?? 5,
  };
  const clients = {
    autoScaling: new AutoScalingClient(configuration),
    ec2: new EC2Client(configuration),
    elbv2: new ElasticLoadBalancingV2Client(configuration),
    ssm: new SSMClient(configuration),
    cloudWatch: new CloudWatchClient(configuration),
    logs: new CloudWatchLogsClient(configuration),
    iam: new IAMClient(configuration),
    route53: new Route53Client(configuration),
    sts: new STSClient(configuration),
  };
  for (const [name, prefix] of Object.entries(actionPrefixes)) {
    translateFailures(clients[name as keyof typeof actionPrefixes], prefix, options);
    if (options.clock !== undefined) readDates(clients[name as keyof typeof actionPrefixes], options.clock);
  }
  return {
    ...clients,
    destroy() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

/** What IAM calls each service. */
const actionPrefixes = {
  autoScaling: 'autoscaling',
  ec2: 'ec2',
  elbv2: 'elasticloadbalancing',
  ssm: 'ssm',
  cloudWatch: 'cloudwatch',
  logs: 'logs',
  iam: 'iam',
  route53: 'route53',
  sts: 'sts',
} as const;

// The innermost step of a call: one try of it, without the pauses between tries.
function readDates(client: { readonly middlewareStack: unknown }, clock: AwsClock) {
  (client.middlewareStack as EC2Client['middlewareStack']).add(
    (next) => async (args) => {
      const sentAt = clock.local();
      const answer = await next(args);
      const { headers } = (answer.response ?? {}) as { readonly headers?: Readonly<Record<string, string>> };
      clock.learn({ sentAt, arrivedAt: clock.local(), date: headers?.date });
      return answer;
    },
    { name: 'directrixDate', step: 'deserialize', priority: 'low' },
  );
}

// The outermost step of a call: what comes back here has been retried by the SDK as often as it may. The stacks of all clients are
// alike; their types differ only in the inputs, which are not looked at.
function translateFailures(
  client: { readonly middlewareStack: unknown; readonly config: unknown },
  prefix: string,
  options: AwsClientOptions,
) {
  (client.middlewareStack as EC2Client['middlewareStack']).add(
    (next, context) => async (args) => {
      const action = `${prefix}:${String(context.commandName).replace(/Command$/, '')}`;
      options.onCall?.(action);
      try {
        return await next(args);
      } catch (error) {
        const region = await (client as EC2Client).config.region().catch(() => undefined);
        throw describeFailure(error, { action, endpoint: options.endpoint, region });
      }
    },
    { name: 'directrixFailure', step: 'initialize', priority: 'high' },
  );
}
