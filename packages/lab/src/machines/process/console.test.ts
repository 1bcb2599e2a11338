import { expect, it } from 'vitest';
import { createVirtualClock } from '../../virtual-clock.js';
import { createConsole } from './console.js';

function setUp() {
  const clock = createVirtualClock({ startAt: 0 });
  const reports: string[] = [];
  const console = createConsole(clock, (text) => reports.push(text));
  return { clock, console, reports, text: () => reports.join('') };
}

it('numbers its lines by the lab’s seconds since boot, and reports them together', async () => {
  const { clock, console, reports } = setUp();
  console.write('kernel', 'first');
  await clock.advance(3_250);
  console.write('app[401]', 'second');
  console.write('app[401]', 'third');
  console.flush();
  expect(reports).toEqual([
    '[    0.000000] kernel: first\n',
    '[    3.250000] app[401]: second\n[    3.250000] app[401]: third\n',
  ]);
});

it('makes lines of bytes however they come, multi-byte characters and the last line included', () => {
  const { console, text } = setUp();
  const stream = console.openStream('app');
  for (const byte of Buffer.from('ein Fähnchen\r\nzwei\n\nohne Ende')) stream.take(Buffer.from([byte]));
  stream.end();
  console.flush();
  expect(
    text()
      .split('\n')
      .map((line) => line.slice(15)),
  ).toEqual(['app: ein Fähnchen', 'app: zwei', 'app: ', 'app: ohne Ende', '']);
});

it('cuts a line that is too long, with or without an end', () => {
  const { console, text } = setUp();
  const stream = console.openStream('app');
  stream.take(Buffer.from(`${'x'.repeat(3_000)}\n`));
  stream.take(Buffer.from('y'.repeat(5_000)));
  stream.end();
  console.flush();
  expect(text()).toContain(`${'x'.repeat(2_048)}… (3000 characters)\n`);
  expect(text()).toContain(`${'y'.repeat(2_048)}… (5000 characters)\n`);
});

it('holds back a program that writes too much, and says how much it held back', async () => {
  const { clock, console, text } = setUp();
  for (let line = 0; line < 1_500; line += 1) console.write('noisy', 'again');
  console.write('calm', 'here');
  await clock.advance(30_000);
  console.write('noisy', 'later');
  console.flush();
  expect(text().match(/noisy: again/g)).toHaveLength(1_000);
  expect(text()).toContain('calm: here');
  expect(text()).toContain('systemd-journald[211]: Suppressed 500 messages from noisy\n');
  expect(text()).toContain('noisy: later');
});
