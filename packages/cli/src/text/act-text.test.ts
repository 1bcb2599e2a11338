import { actKinds } from '@directrix/rollout';
import { expect, test } from 'vitest';
import { tellAct } from './act-text.js';

test('every act has words, and one of another version is named as it is', () => {
  for (const kind of actKinds) expect(tellAct(kind)).not.toBe(kind);
  expect(tellAct('toString')).toBe('toString');
});
