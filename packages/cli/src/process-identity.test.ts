import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { identifyProcess, isProcessGone, ownProcess, type ProcessSource } from './process-identity.js';

/** A Linux machine: its processes by id with their start times, as process `pid` sees them. */
function linux(
  pid: number,
  processes: Readonly<Record<number, string>>,
  options: { readonly bootId?: string; readonly namespace?: string; readonly hidden?: readonly number[] } = {},
): ProcessSource {
  const fail = (code: string) => Object.assign(new Error(code), { code });
  const files: Record<string, string> = { '/proc/sys/kernel/random/boot_id': `${options.bootId ?? 'boot-1'}\n` };
  for (const [id, startTicks] of Object.entries(processes))
    if (!options.hidden?.includes(Number(id)))
      files[`/proc/${id}/stat`] = `${id} (a (b) c) S ${'0 '.repeat(18)}${startTicks} 7 8\n`;
  const links: Record<string, string> = {
    '/proc/self': String(pid),
    '/proc/self/ns/pid': options.namespace ?? 'pid:[4026531836]',
  };
  const read = (from: Record<string, string>) => (path: string) => {
    const found = from[path];
    if (found === undefined) throw fail('ENOENT');
    return found;
  };
  return {
    pid,
    readFile: read(files),
    readLink: read(links),
    signal(id) {
      if (processes[id] === undefined) throw fail('ESRCH');
      if (options.hidden?.includes(id)) throw fail('EPERM');
    },
  };
}

const holder = { pid: 7, process: identifyProcess(linux(7, { 7: '100' })) };

test('a process is its boot, its namespace and its start time', () => {
  expect(holder.process).toEqual({ bootId: 'boot-1', namespace: 'pid:[4026531836]', startTicks: '100' });
});

test.each<[string, ProcessSource, boolean]>([
  ['it runs', linux(8, { 7: '100', 8: '200' }), false],
  ['nobody has its number', linux(8, { 8: '200' }), true],
  ['another process has its number', linux(8, { 7: '150', 8: '200' }), true],
  ['this process has its number, in a container that took its place', linux(7, { 7: '150' }), true],
  ['its number is of another namespace', linux(7, { 7: '150' }, { namespace: 'pid:[4026532999]' }), false],
  ['it ran on another machine, or before the last boot', linux(8, { 8: '200' }, { bootId: 'boot-2' }), false],
  ['/proc hides the processes of others', linux(8, { 7: '100', 8: '200' }, { hidden: [7] }), false],
  ['/proc hides others, and nobody has its number', linux(8, { 8: '200' }, { hidden: [7] }), true],
])('whether it is gone, where %s', (_situation, source, isGone) => {
  expect(isProcessGone(holder, source)).toBe(isGone);
});

test.each<[string, ProcessSource]>([
  ['no /proc (macOS)', { ...linux(7, {}), readFile: refuse, readLink: refuse }],
  ['the /proc of the host in a container', { ...linux(7, { 7: '100' }), readLink: () => '4711' }],
])('with %s it knows neither itself nor others', (_name, source) => {
  expect(identifyProcess(source)).toBeUndefined();
  expect(isProcessGone(holder, source)).toBe(false);
});

function refuse(): never {
  throw new Error('ENOENT');
}

test.runIf(process.platform === 'linux')('of real processes', async () => {
  const own = { pid: process.pid, process: identifyProcess() };
  expect(own.process).toBeDefined();
  expect(isProcessGone(own)).toBe(false);
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const other = { pid: child.pid ?? 0, process: own.process && { ...own.process, startTicks: '1' } };
  expect(isProcessGone(other)).toBe(true);
  const stat = ownProcess.readFile(`/proc/${child.pid}/stat`);
  const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  const known = { pid: child.pid ?? 0, process: own.process && { ...own.process, startTicks } };
  expect(isProcessGone(known)).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isProcessGone(known)).toBe(true);
});
