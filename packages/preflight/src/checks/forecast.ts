// What to expect: time, and the instance hours that are paid twice meanwhile.
//
//     3 instances, surge 3: 1 batch of boot and check up to 120 s, 30 s healthy, 30 s draining -> at most 3 min
import type { Check } from '../check.js';
import { groupName, groupSubject, readValue } from '../check.js';
import { draft } from '../draft.js';
import { countBatches, drainSecondsOf, longestForecastMs } from '../intent.js';

export const checkForecast: Check = ({ snapshot, intent }) => {
  const { group } = snapshot;
  const desired = group.DesiredCapacity ?? 0;
  if (desired === 0) return [];
  const batches = countBatches(snapshot, intent);
  const drainSeconds = drainSecondsOf(snapshot);
  const longestMinutes = Math.ceil(longestForecastMs(snapshot, intent) / 60_000);
  const bakeSeconds = (intent.bakeMs ?? 0) / 1000;
  // Old instances stay, warm, until all new ones are verified.
  const hours = ((desired * longestMinutes) / 60).toFixed(1);
  const type = readValue(snapshot.launchTemplate)?.data?.InstanceType ?? 'the launch template’s instance type';
  return [
    draft('FORECAST', {
      subject: groupSubject(snapshot),
      message: `${groupName(group)}: ${desired} instances in ${batches} ${batches === 1 ? 'batch' : 'batches'} of up to ${Math.min(intent.surge, desired)}; at most ${longestMinutes} min, and at most ${hours} more instance hours of ${type}.`,
      evidence: [
        {
          id: groupName(group),
          what: `each batch: up to ${intent.startTimeoutMs / 1000} s to healthy, ${intent.minHealthyTimeMs / 1000} s healthy; then ${drainSeconds} s draining${bakeSeconds === 0 ? '' : ` and a bake of ${bakeSeconds} s`}`,
        },
      ],
    }),
  ];
};
