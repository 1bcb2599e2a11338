// A deployer that dies: from a certain call of AWS on, nothing that it asked for is ever answered, as for a process that is gone.
import type { AwsClients } from '@directrix/aws';

export interface Death {
  /** The call that kills: the n-th that changes something, counted from 1, or the first of this kind. */
  readonly atChange: number | ((name: string, input: Readonly<Record<string, unknown>>) => boolean);
  /** Whether AWS still carried it out. */
  readonly isCarriedOut: boolean;
}

interface MortalClients {
  readonly wrapClients: (clients: AwsClients) => AwsClients;
  /** Resolves when the deployer is dead, with the name of its last call. */
  readonly died: Promise<string>;
  /** How many changes were asked for so far. */
  changeCount(): number;
}

export function createMortalClients(death: Death): MortalClients {
  const obituary = withResolvers<string>();
  let changes = 0;
  let isDead = false;
  const wrapClients = (clients: AwsClients): AwsClients => {
    for (const client of [clients.autoScaling, clients.ec2, clients.elbv2, clients.ssm])
      (client as AwsClients['ec2']).middlewareStack.add(
        (next, context) => async (args) => {
          const name = String(context.commandName).replace(/Command$/, '');
          if (isDead) return never();
          if (/^(Describe|Get)/.test(name)) return next(args);
          changes += 1;
          const input = args.input as unknown as Readonly<Record<string, unknown>>;
          const { atChange } = death;
          if (typeof atChange === 'number' ? changes !== atChange : !atChange(name, input)) return next(args);
          isDead = true;
          if (death.isCarriedOut) await next(args);
          obituary.resolve(name);
          return never();
        },
        { name: 'mortal', step: 'initialize', priority: 'high' },
      );
    return clients;
  };
  return { wrapClients, died: obituary.promise, changeCount: () => changes };
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

function withResolvers<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
