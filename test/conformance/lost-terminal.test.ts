// A rollout whose terminal, log and journal are all lost while it is under way, as a real process: it goes on to its end.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLab, createScaledClock, createSimulatedDataPlane, startEndpoint } from '@directrix/lab';
import { expect, test } from 'vitest';
import { prepare } from '../../examples/hyperbola/src/scenario.js';

const directrix = join(
  dirname(createRequire(import.meta.url).resolve('directrix/package.json')),
  'bin',
  'directrix.js',
);
// A stall of a second on a busy machine is 40 s of the lab: far from every deadline of a rollout.
const speed = 40;

test('a rollout ends well with a closed terminal, a full disk below its log and its journal, and nobody to take its result', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'directrix-terminal-'));
  const clock = createScaledClock({ speed });
  const lab = createLab({
    clock,
    dataPlane: createSimulatedDataPlane({ machineFor: () => ({ bootMs: 1_000 }) }),
  });
  const endpoint = await startEndpoint(lab, { port: 0 });
  const aws = { AWS_REGION: 'us-west-2', AWS_ACCESS_KEY_ID: 'lab', AWS_SECRET_ACCESS_KEY: 'lab' };
  try {
    await prepare({ variant: 'N5', endpoint: endpoint.url, env: aws });
    const deploy = [
      'deploy',
      '--group',
      'web',
      '--version',
      '0.149.2',
      '--no-version-check',
      '--no-prove',
      '--bake',
      '0',
      '--json',
    ];
    // A log of one kilobyte at most; nohup, because Node undoes it.
    const shell = 'ulimit -f 1; exec nohup "$@" >/dev/full 2>story.log';
    const child = spawn(
      'bash',
      ['-c', shell, 'bash', process.execPath, directrix, ...deploy, '--journal', '/dev/full'],
      {
        cwd: directory,
        stdio: 'ignore',
        env: {
          ...aws,
          PATH: process.env.PATH,
          HOME: directory,
          AWS_ENDPOINT_URL: endpoint.url,
          DIRECTRIX_CLOCK: `${speed}@${Date.now()}=${clock.now()}`,
        },
      },
    );
    const closed = once(child, 'close');
    const before = lab.state.ec2.instances.size;
    while (lab.state.ec2.instances.size === before && child.exitCode === null) await clock.sleep(1_000);
    child.kill('SIGHUP');
    expect(await closed).toEqual([0, null]);
    const story = readFileSync(join(directory, 'story.log'), 'utf8');
    expect(story.length).toBe(1_024);
    const images = [...lab.state.ec2.instances.values()]
      .filter(({ instance }) => instance.State?.Name === 'running')
      .map(
        ({ instance }) => lab.state.ec2.tags.get(instance.ImageId ?? '')?.find(({ Key }) => Key === 'Version')?.Value,
      );
    expect(images).toEqual(['0.149.2', '0.149.2', '0.149.2']);
  } finally {
    await endpoint.close();
    await lab.close();
    rmSync(directory, { recursive: true, force: true });
  }
});
