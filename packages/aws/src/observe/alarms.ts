// alarms: the state of CloudWatch alarms by name, metric alarms and composite ones.
import { type AlarmType, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import type { AlarmObservation } from '@directrix/rollout';
import { DirectrixError } from '@directrix/rollout';
import type { AwsClients } from '../clients/aws-clients.js';
import { collectPages } from '../clients/page.js';

/** Alarms change by the period of their metrics, which is ten seconds at the least. */
const pauseMs = 10_000;
const staleMs = 60_000;
const reasonLengthMax = 300;
const types: AlarmType[] = ['MetricAlarm', 'CompositeAlarm'];

/** In the order of the names; `MISSING` where there is no such alarm. At most 100 names. */
export async function readAlarms(clients: AwsClients, names: readonly string[]): Promise<readonly AlarmObservation[]> {
  const found = await collectPages(
    paginateDescribeAlarms({ client: clients.cloudWatch }, { AlarmNames: [...names], AlarmTypes: types }),
    (page) => [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])],
  );
  const byName = new Map(found.map((alarm) => [alarm.AlarmName, alarm]));
  return names.map((name) => {
    const alarm = byName.get(name);
    if (alarm === undefined) return { name, state: 'MISSING' };
    return { name, state: alarm.StateValue ?? 'UNKNOWN', reason: alarm.StateReason?.slice(0, reasonLengthMax) };
  });
}

interface AlarmReader {
  /**
   * What was read anew; undefined when it is too soon. Never rejects: alarms that cannot be read are nobody's evidence. When they
   * could not be read for a minute each is `UNREAD`, which is no data.
   */
  read(names: readonly string[] | undefined): Promise<readonly AlarmObservation[] | undefined>;
}

export function createAlarmReader(clients: AwsClients, clock: { now(): number }): AlarmReader {
  let triedAt = Number.NEGATIVE_INFINITY;
  let readAt = clock.now();
  return {
    async read(names = []) {
      if (names.length === 0 || clock.now() - triedAt < pauseMs) return undefined;
      triedAt = clock.now();
      try {
        const alarms = await readAlarms(clients, names);
        readAt = clock.now();
        return alarms;
      } catch {
        return clock.now() - readAt < staleMs ? undefined : names.map((name) => ({ name, state: 'UNREAD' }));
      }
    },
  };
}

/** Throws ALARM_NOT_FOUND, naming each alarm that is not there. */
export async function refuseMissingAlarms(clients: AwsClients, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  const missing = (await readAlarms(clients, names)).filter(({ state }) => state === 'MISSING');
  if (missing.length === 0) return;
  throw new DirectrixError('ALARM_NOT_FOUND', `There is no alarm ${missing.map(({ name }) => name).join(', ')}.`, {
    kind: 'missing',
    source: '--alarm',
    hint: 'aws cloudwatch describe-alarms lists them; names are case-sensitive, and an alarm is of one region',
  });
}
