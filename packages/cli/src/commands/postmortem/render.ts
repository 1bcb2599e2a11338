import { writePostmortem } from '@directrix/timeline';
import { isExplained } from '../../failure.js';
import type { Io } from '../../io.js';
import type { World } from '../../world.js';
import { gatherSources } from './gather.js';
import { renderHtml } from './html.js';
import { sectionsOf, titleOf } from './markdown.js';
import { writeSections } from './sections.js';
import { readJournals } from './sources.js';
import { spanOf } from './span.js';

/** The postmortem of a rollout from what this machine keeps, as a page; undefined when no journal here tells of it. */
export async function renderPostmortem(
  io: Io,
  world: World,
  groupName: string,
  rolloutId: string,
): Promise<string | undefined> {
  try {
    const silent = { ...io, stderr: { ...io.stderr, write: () => undefined } };
    const events = await readJournals(silent, groupName, []);
    const span = spanOf({ rollout: rolloutId }, events, world.clock.now());
    const sources = await gatherSources(silent, world, { group: groupName, offline: true }, events, span);
    const postmortem = writePostmortem(sources);
    const title = titleOf(postmortem);
    return renderHtml(writeSections(title, sectionsOf(postmortem)), title.slice(2));
  } catch (error) {
    if (isExplained(error) && error.code === 'ROLLOUT_NOT_FOUND') return undefined;
    throw error;
  }
}
