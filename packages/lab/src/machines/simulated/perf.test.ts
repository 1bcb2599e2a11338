import { it } from 'vitest';
import { createWeb } from './testing/create-web.js';
it('perf', async () => {
  const t0 = performance.now();
  const web = await createWeb({ lab: {}, group: { MinSize: 1000, MaxSize: 3000, DesiredCapacity: 1000 } , zones: 3 });
  console.log('settled', performance.now() - t0, (await web.inService()).length, web.defects);
  const t1 = performance.now();
  await web.clock.advance(30 * 60_000);
  console.log('30 min idle', performance.now() - t1);
  const t2 = performance.now();
  for (let i = 0; i < 100; i++) await web.group();
  console.log('100 describes', performance.now() - t2);
}, 120_000);
