// Clients whose answers are functions of the test: the SDK's middleware and our translation of failures are real, nothing is sent.
import { type AwsClients, createAwsClients } from './aws-clients.js';

interface ScriptedCall {
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** An answer by IAM's name of the call. A missing one fails the call as AWS would refuse an action that it does not know. */
export type Script = Readonly<Record<string, (input: never) => object | undefined>>;

export function createScriptedClients(script: Script): {
  readonly clients: AwsClients;
  readonly calls: ScriptedCall[];
} {
  const calls: ScriptedCall[] = [];
  const clients = createAwsClients({
    version: '0.0.0',
    region: 'us-west-2',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const stacks = {
    autoscaling: clients.autoScaling,
    ec2: clients.ec2,
    elasticloadbalancing: clients.elbv2,
    ssm: clients.ssm,
    cloudwatch: clients.cloudWatch,
    iam: clients.iam,
    route53: clients.route53,
    sts: clients.sts,
  };
  for (const [prefix, client] of Object.entries(stacks))
    (client as typeof clients.ec2).middlewareStack.add(
      (_next, context) => async (args) => {
        const action = `${prefix}:${String(context.commandName).replace(/Command$/, '')}`;
        const input = args.input as unknown as Readonly<Record<string, unknown>>;
        calls.push({ action, input });
        const answer = script[action];
        if (answer === undefined) throw failWith('InvalidAction', `${action} is not in the script`);
        return { output: { ...answer(input as never), $metadata: {} } as never, response: {} };
      },
      { name: 'scripted', step: 'initialize', priority: 'low' },
    );
  return { clients, calls };
}

/** An error as the SDK throws it. */
export function failWith(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

/** A Parameter Store of the test's own: create-only writes, paging by ten, dates by the test's clock. */
export function createParameterScript(clock: { now(): number }): Script & { readonly stored: Map<string, string> } {
  const stored = new Map<string, string>();
  const dates = new Map<string, number>();
  const read = (name: string) => ({
    Name: name,
    Value: stored.get(name),
    LastModifiedDate: new Date(dates.get(name) ?? 0),
  });
  return Object.assign(
    {
      'ssm:PutParameter': ({ Name, Value, Overwrite }: { Name: string; Value: string; Overwrite?: boolean }) => {
        if (stored.has(Name) && Overwrite !== true)
          throw failWith('ParameterAlreadyExists', 'The parameter already exists.');
        if (Buffer.byteLength(Value) > 4096)
          throw failWith(
            'ValidationException',
            'Standard tier parameters support a maximum parameter value of 4096 characters.',
          );
        stored.set(Name, Value);
        dates.set(Name, clock.now());
        return {};
      },
      'ssm:GetParameters': ({ Names }: { Names: string[] }) => ({
        Parameters: Names.filter((name) => stored.has(name)).map(read),
      }),
      'ssm:GetParametersByPath': ({ Path, NextToken }: { Path: string; NextToken?: string }) => {
        const names = [...stored.keys()].filter(
          (name) => name.startsWith(`${Path}/`) && !name.slice(Path.length + 1).includes('/'),
        );
        const start = Number(NextToken ?? 0);
        const next = start + 10 < names.length ? String(start + 10) : undefined;
        return { Parameters: names.slice(start, start + 10).map(read), NextToken: next };
      },
      'ssm:DeleteParameters': ({ Names }: { Names: string[] }) => {
        for (const name of Names) stored.delete(name);
        return {};
      },
    },
    { stored },
  ) as unknown as Script & { readonly stored: Map<string, string> };
}
