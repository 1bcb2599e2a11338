import { expect, test } from 'vitest';
import { createParameterScript, createScriptedClients } from '../clients/scripted-clients.fixture.js';
import { loadHistory, recordGoodReleases } from './history.js';
import { groupPath } from './parameter-names.js';

const release = (version: string, at: number) => ({
  version,
  imageId: `ami-${version}`,
  launchTemplateVersion: version,
  at,
  rolloutId: `r${at}`,
});

test('good releases are remembered newest first, each once, and not without end', async () => {
  const script = createParameterScript({ now: () => 0 });
  const { clients } = createScriptedClients(script);
  for (let at = 1; at <= 15; at++) await recordGoodReleases(clients, 'web', [release(String(at), at)]);
  await recordGoodReleases(clients, 'web', [release('12', 16)]);
  const history = await loadHistory(clients, 'web');
  expect(history.map(({ version }) => version)).toEqual(['12', '15', '14', '13', '11', '10', '9', '8', '7', '6']);
});

test('a history that somebody broke is no history, and no failure', async () => {
  const script = createParameterScript({ now: () => 0 });
  script.stored.set('/directrix/groups/web/history', '{"not":"a list"}');
  expect(await loadHistory(createScriptedClients(script).clients, 'web')).toEqual([]);
});

test('no two groups share a parameter, whatever they are called', () => {
  const names = ['web', 'web/a', 'web a', 'web.2f.a', 'web.a', 'wéb', 'web-a', 'web_a'];
  const paths = names.map(groupPath);
  expect(new Set(paths).size).toBe(names.length);
  for (const path of paths) expect(path).toMatch(/^\/directrix\/groups\/[A-Za-z0-9_.-]+$/);
});
