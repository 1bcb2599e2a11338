// directrix.yaml beside a lab: written from what it shows, and used by a deploy.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Site } from './site.js';

let site: Site;
afterEach(() => site.close());

test('init writes what the account shows, check finds it right, and deploy needs nothing else', async () => {
  site = await Site.create({ desired: 2 });
  await site.registerRelease('2');
  const options = { cwd: site.directory };
  const file = join(site.directory, 'directrix.yaml');
  const written = await site.directrix(['init'], options);
  expect(written).toMatchObject({
    exitCode: 0,
    stderr: '',
    stdout: 'directrix.yaml is written: 1 group of us-west-2\n',
  });
  const text = readFileSync(file, 'utf8');
  expect(
    text.replace(/http:\S+/g, 'URL'),
  ).toBe(`# yaml-language-server: $schema=node_modules/directrix/directrix.schema.json

# Settings of Directrix. Every option of the command line has a key here, and the
# command line wins: --min-healthy-time 1m is minHealthyTime: 1m. The settings of
# a group are those of every command about it. directrix config check reads it.

region: us-west-2
groups:
  # desired 2, min 1, max 5; target group web-0
  web:
    url: URL
    healthPath: /healthz
    # smoke: ['/ 200']
    # bake: 5m
    # alarm: [a-cloudwatch-alarm]

# What one command does, whatever the group says:
# commands:
#   deploy: { acceptBrokenBaseline: true }
# What --env staging changes:
# environments:
#   staging:
#     region: eu-west-1
#     groups:
#       web: { name: web-staging, bake: 0 }
`);
  expect(await site.directrix(['config', 'check'], options)).toMatchObject({
    exitCode: 0,
    stdout: 'directrix.yaml is right: 1 group (web), 0 environments\n',
  });
  const again = await site.directrix(['init'], options);
  expect(again).toMatchObject({ exitCode: 2, stdout: '' });
  expect(again.stderr).toContain('error FILE_EXISTS: directrix.yaml is there already. It stays as it is.');
  expect(readFileSync(file, 'utf8')).toBe(text);
  // What is suggested is right, too.
  writeFileSync(file, text.replace('# smoke', 'smoke').replace('# bake: 5m', 'bake: 20s'));
  const deployed = await site.directrix(['deploy', '--version', '2', '--json'], options);
  expect(deployed).toMatchObject({ exitCode: 0, document: { outcome: 'done', group: 'web', to: { version: '2' } } });
  expect(deployed.stderr).toMatch(/2 has served alone for 2\d s/);
});
