// The AWS clients of one deployer: made in one place, so that region, endpoint, retries and errors are the same for all.
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient } from '@aws-sdk/client-iam';
import { Route53Client } from '@aws-sdk/client-route-53';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { describeFailure } from './aws-failure.js';

export interface AwsClients {
  readonly autoScaling: AutoScalingClient;
  readonly ec2: EC2Client;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly ssm: SSMClient;
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
  /** Default: AWS_REGION, then the profile's. */
  readonly region?: string;
  /** Default: AWS_ENDPOINT_URL. Named in errors. */
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Tries of one request by the SDK itself, with its own back-off on the wall clock. Default 5; a simulation wants 1. */
  readonly maxAttempts?: number;
  /** How long one try may wait for an answer. Default 20 s. */
  readonly answerTimeoutMs?: number;
  /** In place of the network: a lab's `requestHandler`. */
  readonly requestHandler?: unknown;
  /** Called once for each API call with IAM's name of it: `ec2:DescribeInstances`. */
  readonly onCall?: (action: string) => void;
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
    // The adaptive mode paces on the clock of the wall, which one who retries by himself does not want.
    retryMode: options.maxAttempts === 1 ? 'standard' : 'adaptive',
    maxAttempts: options.maxAttempts ?? 5,
  };
  const clients = {
    autoScaling: new AutoScalingClient(configuration),
    ec2: new EC2Client(configuration),
    elbv2: new ElasticLoadBalancingV2Client(configuration),
    ssm: new SSMClient(configuration),
    iam: new IAMClient(configuration),
    route53: new Route53Client(configuration),
    sts: new STSClient(configuration),
  };
  translateFailures(clients.autoScaling, 'autoscaling', options);
  translateFailures(clients.ec2, 'ec2', options);
  translateFailures(clients.elbv2, 'elasticloadbalancing', options);
  translateFailures(clients.ssm, 'ssm', options);
  translateFailures(clients.iam, 'iam', options);
  translateFailures(clients.route53, 'route53', options);
  translateFailures(clients.sts, 'sts', options);
  return {
    ...clients,
    destroy() {
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

// The outermost step of a call: what comes back here has been retried by the SDK as often as it may. The stacks of all clients are
// alike; their types differ only in the inputs, which are not looked at.
function translateFailures(client: { readonly middlewareStack: unknown }, prefix: string, options: AwsClientOptions) {
  (client.middlewareStack as EC2Client['middlewareStack']).add(
    (next, context) => async (args) => {
      const action = `${prefix}:${String(context.commandName).replace(/Command$/, '')}`;
      options.onCall?.(action);
      try {
        return await next(args);
      } catch (error) {
        throw describeFailure(error, { action, endpoint: options.endpoint, region: options.region });
      }
    },
    { name: 'directrixFailure', step: 'initialize', priority: 'high' },
  );
}
