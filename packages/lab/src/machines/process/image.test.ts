import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readMachineImage, UnbootableImageError } from './image.js';

let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dx-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function read(manifest: unknown, faultsTag?: string) {
  writeFileSync(join(directory, 'instance.json'), typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
  return readMachineImage(directory, faultsTag);
}

it('says what its instances run, with systemd’s defaults', () => {
  expect(read({ services: [{ name: 'app', command: ['node', 'main.js'] }] })).toEqual({
    directory,
    services: [
      {
        name: 'app',
        command: ['node', 'main.js'],
        env: {},
        restart: 'no',
        restartSeconds: 0.1,
        container: false,
        network: 'lab',
      },
    ],
    faults: {},
  });
});

it('takes faults from its tag before those of instance.json', () => {
  const faults = { bootDelaySeconds: 5, crashAfterSeconds: 9 };
  expect(read({ services: [], faults }, '{"bootDelaySeconds":30}').faults).toEqual({
    bootDelaySeconds: 30,
    crashAfterSeconds: 9,
  });
});

const app = { name: 'app', command: ['node'] };

it.each([
  ['{', /instance\.json is not JSON: /],
  [[], /instance\.json must be an object\.$/],
  [{}, /instance\.json: services must be a list\.$/],
  [{ services: [{}] }, /services\[0\]\.name must be a string\.$/],
  [{ services: [{ ...app, name: '../x' }] }, /services\[0\]\.name must be 1 to 64 letters/],
  [{ services: [{ ...app, command: 'node' }] }, /services\[0\]\.command must be a list\.$/],
  [{ services: [{ ...app, command: ['node', 1] }] }, /services\[0\]\.command\[1\] must be a string\.$/],
  [{ services: [{ ...app, env: { A: 1 } }] }, /services\[0\]\.env\.A must be a string\.$/],
  [{ services: [{ ...app, restart: 'never' }] }, /services\[0\]\.restart must be "no", "on-failure" or "always"\.$/],
  [{ services: [{ ...app, restartSeconds: -1 }] }, /restartSeconds must be a number of seconds, 0 or more\.$/],
  [{ services: [{ ...app, container: 'yes' }] }, /container must be true or false\.$/],
  [{ services: [{ ...app, comand: [] }] }, /services\[0\] has an unknown field "comand"; known are name, command, /],
  [{ services: [{ ...app, network: 'mine' }] }, /services\[0\]\.network must be "lab" or "host"\.$/],
  [{ services: [app, app] }, /two services are called app\.$/],
  [{ services: [], faults: { bootDelay: 1 } }, /faults has an unknown field "bootDelay"; known are bootDelaySeconds, /],
])('%j is refused with its file and field', (manifest, message) => {
  expect(() => read(manifest)).toThrow(UnbootableImageError);
  expect(() => read(manifest)).toThrow(message);
});

it.each(['python3', 'sh', 'sleep', '/usr/sbin/nginx', './node.sh'])(
  'is refused when its service %s has no guest, unless it says that it runs on the host’s network',
  (program) => {
    const service = { name: 'app', command: [program, 'main'] };
    expect(() => read({ services: [app, { ...service, name: 'front' }] })).toThrow(
      /services\[1\]: ".*" would not run on the lab's network/,
    );
    expect(read({ services: [{ ...service, network: 'host' }] }).services).toMatchObject([{ network: 'host' }]);
  },
);

it('that is not there, or not a directory of this machine, is refused', () => {
  expect(() => readMachineImage(join(directory, 'gone'))).toThrow(/instance\.json cannot be read: ENOENT/);
  expect(() => readMachineImage('my-bucket/image')).toThrow(/is not the absolute path of a directory/);
});
