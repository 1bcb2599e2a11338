// The gate of users' requests over real HTTP: a lab of processes in this process, and the command as a user runs it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2';
import { type ProcessLab, startProcessLab } from '@directrix/lab';
import type { RolloutDocument } from 'directrix';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runDirectrix } from '../../examples/hyperbola/src/replay/directrix.js';
import { prepare } from '../../examples/hyperbola/src/scenario.js';

const server = fileURLToPath(new URL('./fixtures/healthy-and-broken.mjs', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'dx-'));
let lab: ProcessLab;

beforeAll(async () => {
  lab = await startProcessLab({ port: 0, speed: 10, runDirectory: join(directory, 'run') });
  await prepare({ variant: 'N5', endpoint: lab.endpoint.url, env: { ...lab.env } });
});

afterAll(async () => {
  await lab.close();
  rmSync(directory, { recursive: true, force: true });
});

async function registerRelease(version: string, conduct: 'fails' | 'serves'): Promise<void> {
  const image = join(directory, version);
  mkdirSync(image);
  const service = { name: 'web', command: ['node', server], env: { VERSION: version, CONDUCT: conduct } };
  writeFileSync(join(image, 'instance.json'), JSON.stringify({ services: [service] }));
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = lab.env;
  const ec2 = new EC2Client({ region, endpoint: lab.endpoint.url, credentials: { accessKeyId, secretAccessKey } });
  await ec2.send(
    new RegisterImageCommand({
      Name: `broken-${version}`,
      ImageLocation: image,
      Architecture: 'x86_64',
      TagSpecifications: [
        {
          ResourceType: 'image',
          Tags: [
            { Key: 'Version', Value: version },
            { Key: 'directrix:secrets', Value: 'none' },
          ],
        },
      ],
    }),
  );
  ec2.destroy();
}

test('a release that is healthy and answers 500 to users is halted and rolled back, warm', async () => {
  await registerRelease('1.0.1', 'fails');
  const args = ['deploy', '--group', 'web', '--version', '1.0.1', '--skip', 'all', '--no-prove', '--json'];
  const env = { ...lab.env, XDG_STATE_HOME: directory };
  const { exitCode, stdout, stderr } = await runDirectrix({ args, env, signal: new AbortController().signal });
  const document = JSON.parse(stdout) as RolloutDocument;
  expect(document.evidence.map(({ code }) => code)).toEqual(['REQUESTS_FAILING']);
  expect({ exitCode, outcome: document.outcome }).toEqual({ exitCode: 1, outcome: 'rolledBack' });
  expect(stderr).toMatch(
    /REQUESTS_FAILING \d+ of \d+ requests failed since 1.0.1 serves, 0 of \d+ before; last: \/ answered 500/,
  );
  // Nobody left before the release had proved itself, so nobody had to be launched again.
  expect(stderr).not.toContain('into Standby');
});
