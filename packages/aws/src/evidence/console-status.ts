// What an instance that nobody can reach says of itself: the last line of its console in which it names a code.
import type { Observation, RolloutRecord } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { getConsoleOutput } from './console-output.js';

interface ConsoleListener {
  /** Asks for the console of new instances whose health checks fail: of each now and then, and of few at a time. Never rejects. */
  listen(record: RolloutRecord, observation: Observation): Promise<NonNullable<Observation['consoles']>>;
}

const betweenLooksMs = 30_000;
const looksAtATime = 3;

export function createConsoleListener(clients: AwsClients, clock: { now(): number }): ConsoleListener {
  const lookedAt = new Map<string, number>();
  return {
    async listen(record, observation) {
      const now = clock.now();
      const due = listFailing(record, observation)
        .filter((instanceId) => now - (lookedAt.get(instanceId) ?? Number.NEGATIVE_INFINITY) >= betweenLooksMs)
        .slice(0, looksAtATime);
      const found = await Promise.all(
        due.map(async (instanceId) => {
          lookedAt.set(instanceId, now);
          // It is only a better word for what is known anyway.
          const console = await getConsoleOutput(clients, instanceId).catch(() => '');
          const status = findStatus(console);
          return status === undefined ? [] : [{ instanceId, status }];
        }),
      );
      return found.flat();
    },
  };
}

/** `secrets: DNS_PRIVATE_DISABLED (name): …`, the newest of a console, as @directrix/secrets writes it. Undefined when there is none. */
export function findStatus(console: string): string | undefined {
  const [last] = [...console.matchAll(/\b(secrets: [A-Z][A-Z0-9_]+ \(\w+\): [^\r\n]*)/g)].slice(-1);
  // A console is somebody else's text: its control characters must not reach a terminal.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are the ones.
  return last?.[1]?.replace(/[\u0000-\u001f\u007f-\u009f]/g, '').replace(/; still trying$/, '');
}

function listFailing({ to }: RolloutRecord, { group, targetGroups, proof }: Observation): string[] {
  if (proof?.target?.state === 'unhealthy') return [proof.instanceId];
  if (to.launchTemplateVersion === undefined) return [];
  const failing = new Set(
    targetGroups.flatMap(({ targets }) =>
      targets.filter(({ state }) => state === 'unhealthy').map(({ instanceId }) => instanceId),
    ),
  );
  return group.instances
    .filter(
      ({ instanceId, launchTemplateVersion }) =>
        failing.has(instanceId) && launchTemplateVersion === to.launchTemplateVersion,
    )
    .map(({ instanceId }) => instanceId);
}
