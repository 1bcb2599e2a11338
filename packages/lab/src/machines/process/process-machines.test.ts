import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { endRecordedProcesses, type ProcessRecord, readProcessStartTime } from './process-record.js';
import { createTestSite, fixture, type TestSite, type TestSiteOptions, until } from './test-site.js';

let site: TestSite | undefined;

function open(options: TestSiteOptions = {}): TestSite {
  site = createTestSite(options);
  return site;
}

afterEach(async () => {
  await site?.close();
  site = undefined;
});

const STEADFAST = { name: 'app', command: ['node', fixture('steadfast.mjs')] };

async function pidsOf(at: TestSite, instanceId: string): Promise<number[]> {
  const [, pids = ''] = await at.untilConsole(instanceId, /PIDS (.*)\n/);
  return pids.split(' ').map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A process that ended and that nobody has waited for yet still has its id.
  return !existsSync('/proc') || !/^State:\s+Z/m.test(readStatus(pid));
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return 'State:	Z';
  }
}

function untilGone(pids: readonly number[]): Promise<true> {
  return until(
    () => pids.every((pid) => !isAlive(pid)) || undefined,
    () => `${pids.filter(isAlive).join(', ')} still run`,
  );
}

describe('the end', () => {
  it('of the data plane is the end of every process, also of one that ignores SIGTERM, and of every file', async () => {
    const here = open();
    const pids = await pidsOf(here, here.boot([STEADFAST]));
    expect(pids.every(isAlive)).toBe(true);
    await here.dataPlane.close();
    await untilGone(pids);
    expect(readdirSync(here.runDirectory)).toEqual(['machines']);
    expect(readdirSync(join(here.runDirectory, 'machines'))).toEqual([]);
  });

  it('of an instance is SIGTERM, and SIGKILL after the grace of lab time, for the whole group', async () => {
    const here = open({ speed: 50 });
    const id = here.boot([STEADFAST]);
    const pids = await pidsOf(here, id);
    here.dataPlane.perform({ kind: 'stopMachine', instanceId: id, graceMs: 100_000 });
    await here.untilConsole(id, /app\[401\]: I stay/);
    await here.untilConsole(id, /app.service: State 'stop-sigterm' timed out. Killing.\n[\s\S]*Stopped app.service./);
    await untilGone(pids);
  });

  it('of an instance reaches what has left its process group', async () => {
    const here = open({ speed: 50 });
    const id = here.boot([{ name: 'app', command: [...STEADFAST.command, 'detached'] }]);
    const pids = await pidsOf(here, id);
    here.dataPlane.perform({ kind: 'stopMachine', instanceId: id, graceMs: 100 });
    await untilGone(pids);
  });

  it('of an instance leaves its address silent', async () => {
    const here = open({ speed: 200 });
    const web = here.boot([{ name: 'web', command: ['node', fixture('web-server.mjs'), '80'] }]);
    await here.untilConsole(web, /DONE/);
    here.dataPlane.perform({ kind: 'stopMachine', instanceId: web, graceMs: 10_000 });
    await until(
      () => !existsSync(join(here.runDirectory, 'instances', web)) || undefined,
      () => here.console(web),
    );
    const client = here.boot([{ name: 'client', command: ['node', fixture('client.mjs'), '10.0.1.101', '80'] }]);
    const [, text = ''] = await here.untilConsole(client, /RESULT (.*)\n/);
    expect(JSON.parse(text)).toMatchObject({ code: 'ETIMEDOUT' });
  });

  it('of an instance may be the beginning of its next life: a reboot', async () => {
    const here = open();
    const id = here.boot([STEADFAST]);
    const pids = await pidsOf(here, id);
    here.dataPlane.perform({ kind: 'stopMachine', instanceId: id, graceMs: 100 });
    here.dataPlane.perform({ kind: 'startMachine', instanceId: id });
    await here.untilConsole(id, /Stopped app\.service[\s\S]*PIDS/);
    await untilGone(pids);
  });

  it('may come before the machine has booted', async () => {
    const here = open();
    const id = here.boot([STEADFAST]);
    await here.dataPlane.close();
    expect(here.console(id)).not.toContain('Started app.service');
  });
});

describe('a lab that is killed', () => {
  let lab: ChildProcess | undefined;
  let temporaryDirectory = '';

  afterEach(() => {
    lab?.kill('SIGKILL');
    rmSync(temporaryDirectory, { recursive: true, force: true });
  });

  async function kill(): Promise<{ readonly runDirectory: string; readonly pids: number[] }> {
    temporaryDirectory = mkdtempSync(join(tmpdir(), 'dx-'));
    const started = spawn(process.execPath, [fixture('doomed-lab.mjs')], {
      env: { ...process.env, TMPDIR: temporaryDirectory },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    lab = started;
    const line = await new Promise<string>((fulfil, reject) => {
      started.once('exit', () => reject(new Error('The lab ended by itself.')));
      started.stdout.setEncoding('utf8').once('data', fulfil);
    });
    const found = JSON.parse(line) as { runDirectory: string; pids: number[] };
    expect(found.pids.every(isAlive)).toBe(true);
    started.kill('SIGKILL');
    return found;
  }

  it('takes its Node processes with it at once, whatever they do about it', async () => {
    const { runDirectory, pids } = await kill();
    await untilGone(pids);
    endRecordedProcesses(runDirectory);
  });

  it('leaves records by which the others can be ended, and only those', async () => {
    const { runDirectory, pids } = await kill();
    await untilGone(pids);
    const directory = join(runDirectory, 'machines');
    const other = readdirSync(directory).find((name) => name.includes('-other-')) ?? '';
    const record = JSON.parse(readFileSync(join(directory, other), 'utf8')) as ProcessRecord;
    expect(other).toBe(`i-00000000000000001-other-${record.pid}.json`);
    expect(record).toEqual({ pid: record.pid, startTime: readProcessStartTime(record.pid), command: ['sleep', '600'] });
    expect(statSync(join(directory, other)).mode & 0o777).toBe(0o600);
    expect(endRecordedProcesses(runDirectory)).toBe(1);
    await untilGone([record.pid]);
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('a service on this machine’s own network', () => {
  it('has no guest and nothing of this machine’s AWS identity, and is marked', async () => {
    const operators = {
      AWS_ACCESS_KEY_ID: 'AKIAOPERATOR',
      AWS_PROFILE: 'mine',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    };
    Object.assign(process.env, operators);
    try {
      const here = open();
      const env = { AWS_EC2_METADATA_DISABLED: 'false', MINE: 'yes' };
      const service = { name: 'app', command: ['node', fixture('environment.mjs')], network: 'host', env };
      const id = here.boot([service]);
      const [, printed = ''] = await here.untilConsole(id, /RESULT (.*)\n/);
      const environment = JSON.parse(printed) as Record<string, string>;
      expect(environment).toMatchObject({
        MINE: 'yes',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
        HOME: expect.stringContaining(id),
      });
      for (const name of [...Object.keys(operators), 'NODE_OPTIONS', 'DIRECTRIX_LAB_GUEST']) {
        expect(environment).not.toHaveProperty(name);
      }
      expect(here.console(id)).toContain("service app runs on this machine's own network.");
      expect(here.dataPlane.servicesOnHostNetwork(id)).toEqual(['app']);
    } finally {
      for (const name of Object.keys(operators)) delete process.env[name];
    }
  });
});

describe('what a process is given', () => {
  it('is a clean environment: the image’s, and nothing of the operator’s', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'the-operators';
    try {
      const here = open();
      const env = { APP_MODE: 'test', NODE_OPTIONS: '--max-old-space-size=64' };
      const id = here.boot([{ name: 'app', command: ['node', fixture('environment.mjs')], env }]);
      const [, text = '{}'] = await here.untilConsole(id, /RESULT (.*)\n/);
      const given = JSON.parse(text) as Record<string, string>;
      expect(Object.keys(given).sort()).toEqual([
        'APP_MODE',
        'DIRECTRIX_CLOCK',
        'DIRECTRIX_LAB_GUEST',
        'HOME',
        'HOSTNAME',
        'LANG',
        'NODE_EXTRA_CA_CERTS',
        'NODE_OPTIONS',
        'PATH',
        'TMPDIR',
      ]);
      expect(given.HOSTNAME).toBe('ip-10-0-1-101.us-west-2.compute.internal');
      expect(given.NODE_OPTIONS).toMatch(/^--import=file:.*guest\.js --max-old-space-size=64$/);
    } finally {
      delete process.env.AWS_SECRET_ACCESS_KEY;
    }
  });
});

describe('the instance metadata service', () => {
  async function ask(service: object, metadataOptions: object, timeoutMs = 10_000): Promise<unknown> {
    const here = open();
    const command = ['node', fixture('metadata.mjs'), '/meta-data/instance-id', String(timeoutMs)];
    const id = here.boot([{ name: 'app', command, ...service }], { metadataOptions });
    const [, text = ''] = await here.untilConsole(id, /RESULT (.*)\n/);
    return JSON.parse(text);
  }

  it('answers the instance, to a token', async () => {
    expect(await ask({}, {})).toEqual({ put: 200, status: 200, body: 'i-00000000000000001', without: 401 });
  });

  it('does not answer the token request of a container when the hop limit is 1', async () => {
    expect(await ask({ container: true }, { HttpPutResponseHopLimit: 1 }, 300)).toEqual({ name: 'TimeoutError' });
  });

  it('answers a container when the hop limit is 2', async () => {
    expect(await ask({ container: true }, { HttpPutResponseHopLimit: 2 })).toMatchObject({ put: 200, status: 200 });
  });
});

describe('an image', () => {
  it('that is not one says so on the console, with the file and what is wrong', async () => {
    const here = open();
    const id = here.boot([{ name: 'app', command: [] }]);
    await here.untilConsole(id, /No bootable image: \/.*instance\.json: services\[0\]\.command is empty\.\n/);
  });

  it('with a program that has no guest starts nothing, and the console says why', async () => {
    const here = open();
    const id = here.boot([STEADFAST, { name: 'front', command: ['python3', 'app.py'] }]);
    await here.untilConsole(id, /No bootable image: .*services\[1\]: "python3" would not run on the lab's network/);
    expect(here.console(id)).not.toContain('Started');
  });

  it('may carry a fault as a tag: its services crash, and their policy decides what then', async () => {
    const here = open();
    const restart = { restart: 'always', restartSeconds: 0 };
    here.state.ec2.tags.set('ami-1', [{ Key: 'directrix:faults', Value: '{"crashAfterSeconds":0.05}' }]);
    const id = here.boot([{ ...STEADFAST, ...restart }]);
    await here.untilConsole(id, /Main process exited, code=killed, status=9\/KILL[\s\S]*restart counter is at 1\./);
  });

  it('with a boot delay is silent until it is over', async () => {
    const here = open({ speed: 20 });
    const id = here.boot([{ name: 'app', command: ['node', fixture('environment.mjs')] }], {
      faults: { bootDelaySeconds: 5 },
    });
    const [, seconds] = await here.untilConsole(id, /\[ *([\d.]+)\] systemd\[1\]: Started app\.service/);
    expect(Number(seconds)).toBeGreaterThanOrEqual(5);
  });
});

describe('a service', () => {
  it('that fails is restarted as its policy says, until systemd’s start limit', async () => {
    // Slow, so that five starts are within the limit's ten seconds on a busy machine too.
    const here = open({ speed: 0.05 });
    const command = ['node', '-e', 'process.exit(1)'];
    const id = here.boot([{ name: 'app', command, restart: 'on-failure', restartSeconds: 0.001 }]);
    await here.untilConsole(id, /Failed to start app\.service/);
    const lines = here.console(id).replaceAll(/^\[.*?\] /gm, '');
    expect(lines.match(/app.service: Main process exited, code=exited, status=1\/FAILURE/g)).toHaveLength(5);
    expect(lines).toContain("app.service: Failed with result 'exit-code'.");
    expect(lines).toContain('app.service: Scheduled restart job, restart counter is at 4.');
    expect(lines).toContain('app.service: Start request repeated too quickly.');
  });

  it('that ends well is not restarted on failure', async () => {
    const here = open();
    const id = here.boot([{ name: 'app', command: ['node', '-e', ''], restart: 'on-failure' }]);
    await here.untilConsole(id, /app\.service: Deactivated successfully/);
    expect(here.console(id)).not.toContain('Scheduled restart');
  });

  it('whose program is missing fails with 203/EXEC', async () => {
    const here = open();
    const id = here.boot([{ name: 'app', command: ['/no/such/program'], network: 'host' }]);
    await here.untilConsole(id, /Failed to execute \/no\/such\/program[\s\S]*status=203\/EXEC/);
  });
});
