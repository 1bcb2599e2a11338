import { expect, test } from 'vitest';
import { holdUntilMasked } from './hold-until-masked.js';
import type { KeptMasks } from './keep-masks.js';
import type { Journal } from './ports.js';

const entry = { cursor: 's=1', realtimeUs: 1, bootId: 'b', message: 'the password is hunter22', fields: {} };

test('gives no entry before the masks are known, and says meanwhile where the boot begins', async () => {
  const journal: Journal = {
    has: async () => true,
    newest: async () => undefined,
    firstOfBoot: async () => entry,
    async *read() {
      yield entry;
    },
  };
  let know: (masks: KeptMasks) => void = () => undefined;
  const masking = new Promise<KeptMasks>((resolve) => {
    know = resolve;
  });
  const { masked, mask } = holdUntilMasked(journal, masking);
  const { signal } = new AbortController();
  const events: string[] = [];
  const reading = (async () => {
    for await (const { message } of masked.read({ kind: 'oldest' }, signal)) events.push(mask(message));
  })();
  expect(await masked.firstOfBoot(signal)).toBe(entry);
  events.push('known');
  know({ mask: (text) => text.replace('hunter22', '[secret]'), close: () => undefined });
  await reading;
  expect(events).toEqual(['known', 'the password is [secret]']);
});
