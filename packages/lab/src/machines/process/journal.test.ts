import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createVirtualClock } from '../../virtual-clock.js';
import { openJournal } from './journal.js';
import { createTestSite, type TestSite, until } from './test-site.js';

// Plain Node runs it, so it is the built one.
const script = fileURLToPath(new URL('../../../dist/machines/process/guest/journalctl.js', import.meta.url));

type Entry = Readonly<Record<string, string>>;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dx-journal-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function boot(startAt: number) {
  const clock = createVirtualClock({ startAt });
  return openJournal({ directory, clock, instanceId: 'i-1', hostName: 'ip-10-0-0-1' });
}

function journalctl(...words: readonly string[]): Entry[] {
  const text = execFileSync(process.execPath, [script, directory, ...words], {
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: 2 ** 26,
  });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const messages = (entries: readonly Entry[]) => entries.map(({ MESSAGE }) => MESSAGE);

describe('the journal of a machine', () => {
  test('has the fields that journald gives, and a cursor and a time that no other entry has', () => {
    const journal = boot(1_000);
    journal.write('kernel', 'first');
    journal.write('systemd[1]', 'Started app.service.');
    journal.write('app[402]', 'listens');
    journal.flush();
    const entries = journalctl('--output', 'json', '--all', '--quiet', '--no-pager');
    expect(entries).toMatchObject([
      { MESSAGE: 'first', SYSLOG_IDENTIFIER: 'kernel', _TRANSPORT: 'kernel', __REALTIME_TIMESTAMP: '1000000' },
      { SYSLOG_IDENTIFIER: 'systemd', _PID: '1', _SYSTEMD_UNIT: 'init.scope', UNIT: 'app.service' },
      { SYSLOG_IDENTIFIER: 'app', _PID: '402', _SYSTEMD_UNIT: 'app.service', __REALTIME_TIMESTAMP: '1000002' },
    ]);
    for (const { __CURSOR } of entries) expect(__CURSOR).toMatch(/^s=\w{32};i=\w+;b=\w{32};m=\w+;t=\w+;x=\w{16}$/);
    expect(new Set(entries.map(({ __CURSOR }) => __CURSOR)).size).toBe(3);
  });

  test('outlives a reboot, and each boot has its own id', () => {
    const first = boot(1_000);
    first.write('app[402]', 'one');
    first.flush();
    const second = boot(5_000);
    second.write('app[402]', 'two');
    second.flush();
    expect(messages(journalctl())).toEqual(['one', 'two']);
    expect(messages(journalctl('--boot'))).toEqual(['two']);
    expect(messages(journalctl(`_BOOT_ID=${journalctl()[0]?._BOOT_ID}`))).toEqual(['one']);
  });

  test('is bounded over reboots too', () => {
    for (let boots = 0; boots < 10; boots += 1) {
      const journal = boot(1_000 + boots * 1_000);
      journal.write('app[1]', `boot ${boots}`);
      journal.flush();
    }
    expect(readdirSync(directory).length).toBeLessThanOrEqual(4);
    expect(messages(journalctl())).toHaveLength(10);
  });

  test('is bounded: the oldest goes, and a cursor that is gone gives what follows', () => {
    const journal = boot(1_000);
    journal.write('app[1]', 'oldest');
    journal.flush();
    const [gone] = journalctl();
    const line = 'x'.repeat(1_048_576);
    for (let count = 0; count < 24; count += 1) {
      journal.write('app[1]', `${count} ${line}`);
      journal.flush();
    }
    expect(readdirSync(directory).length).toBeLessThanOrEqual(4);
    const [oldest] = journalctl('--lines', '1', '--cursor', gone?.__CURSOR ?? '');
    expect(oldest?.MESSAGE).toMatch(/^\d+ x/);
  });
});

describe('its journalctl', () => {
  function write(...lines: readonly (readonly [string, string])[]) {
    const journal = boot(1_000);
    for (const [program, line] of lines) journal.write(program, line);
    journal.flush();
    return journal;
  }

  test('chooses by unit, with what systemd says of it, by priority and by cursor', () => {
    write(['kernel', 'a'], ['systemd[1]', 'Started app.service.'], ['app[402]', 'b'], ['front[401]', 'c']);
    expect(messages(journalctl('--unit', 'app'))).toEqual(['Started app.service.', 'b']);
    expect(messages(journalctl('--unit', 'app.service', '--unit', 'front'))).toHaveLength(3);
    expect(messages(journalctl('--priority', 'warning'))).toEqual([]);
    const cursor = journalctl()[1]?.__CURSOR ?? '';
    expect(messages(journalctl('--cursor', cursor, '--lines', '1'))).toEqual(['Started app.service.']);
    expect(messages(journalctl('--after-cursor', cursor))).toEqual(['b', 'c']);
    expect(messages(journalctl('-n', '1'))).toEqual(['c']);
  });

  test.each([
    ['--reverse', "Unknown option '--reverse'"],
    ['--output=verbose', 'json and cat are known'],
    ['--priority=loud', '0 to 7'],
    ['app.service', 'words such as _BOOT_ID='],
  ])('refuses %s by name', (word, text) => {
    write(['app[1]', 'x']);
    expect(() => journalctl(word)).toThrow(text);
  });

  test('follows over the files without leaving anything out', async () => {
    const journal = write(['app[1]', 'kept']);
    const child = spawn(process.execPath, [script, directory, '--no-tail', '--follow'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const seen: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => seen.push(JSON.parse(line).MESSAGE));
    try {
      await until(
        () => seen[0],
        () => 'the first entry',
      );
      const line = 'x'.repeat(2 * 1_048_576);
      for (let count = 0; count < 3; count += 1) {
        journal.write('app[1]', `${count} ${line}`);
        journal.flush();
      }
      journal.write('app[1]', 'last');
      journal.flush();
      await until(
        () => (seen.at(-1) === 'last' ? seen : undefined),
        () => `${seen.length} entries`,
      );
      expect(seen.map((text) => text.split(' ')[0])).toEqual(['kept', '0', '1', '2', 'last']);
    } finally {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill();
      await ended;
    }
  });
});

describe('on a machine', () => {
  let site: TestSite | undefined;
  afterEach(async () => {
    await site?.close();
    site = undefined;
  });

  test('journalctl is on the PATH, prints the boot from its first line, and a stop keeps the journal', async () => {
    site = createTestSite();
    const read = `import('node:child_process').then(({ execFileSync }) =>
      console.log('RESULT ' + execFileSync('journalctl', ['-o', 'cat']).toString().split('\\n').length, process.env.DIRECTRIX_CLOCK))`;
    const id = site.boot([{ name: 'reader', command: ['node', '-e', read] }]);
    const [, lines, clock] = await site.untilConsole(id, /RESULT (\d+) (\S+)\n/);
    expect(Number(lines)).toBeGreaterThan(3);
    expect(clock).toMatch(/^1@\d+=\d+$/);
    const record = site.state.ec2.instances.get(id);
    const disk = join(site.runDirectory, 'instances', id, 'journal');
    const stopWhile = async (state: 'stopping' | 'shutting-down') => {
      if (record !== undefined) record.instance.State = { Name: state };
      site?.dataPlane.perform({ kind: 'stopMachine', instanceId: id, graceMs: 1_000 });
    };
    await stopWhile('stopping');
    site.dataPlane.perform({ kind: 'startMachine', instanceId: id });
    const [, more] = await site.untilConsole(id, /RESULT \d+ [\s\S]*RESULT (\d+) /);
    expect(Number(more)).toBeGreaterThan(2 * Number(lines) - 2);
    await stopWhile('shutting-down');
    await until(
      () => (existsSync(disk) ? undefined : true),
      () => `${disk} is gone`,
    );
  });
});
