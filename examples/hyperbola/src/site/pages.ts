// The site's pages, as HTML. Nothing here reads a setting but the contact page.
import { createHmac } from 'node:crypto';
import type { Settings } from './settings.js';

interface Entry {
  readonly date: string;
  readonly title: string;
  readonly text: string;
}

const writings: readonly Entry[] = [
  { date: '2018-11-11', title: 'Moving secrets', text: 'Flat files out, Parameter Store in. What could go wrong?' },
  {
    date: '2018-10-02',
    title: 'Immutable machines',
    text: 'A machine that nobody logs in to is a machine that can be thrown away.',
  },
  { date: '2018-08-19', title: 'A conic section', text: 'A hyperbola is drawn from its focus and its directrix.' },
];

const lifestream: readonly Entry[] = [
  { date: '2018-11-10', title: 'Photo', text: 'Mount Tamalpais, before the rain.' },
  { date: '2018-11-04', title: 'Photo', text: 'The load balancer, drawn on a napkin.' },
];

export function renderFrontPage(): string {
  return page('hyperbola', '<p>A site about building things, and about what happens when they fall down.</p>');
}

export function renderWritings(): string {
  return page('Writings', listOf(writings));
}

export function renderLifestream(): string {
  return page('Lifestream', listOf(lifestream));
}

export function renderContact(settings: Settings, day: string): string {
  // The token binds the form to the day on which it was served.
  const token = createHmac('sha256', settings.secretKey).update(day).digest('hex').slice(0, 16);
  return page(
    'Contact',
    `<form method="post" action="/contact/"><input type="hidden" name="token" value="${token}">
<label>Message <textarea name="message" required></textarea></label> <button>Send</button></form>`,
  );
}

export function renderUnavailable(): string {
  return page('Unavailable', '<p>The site is not ready. It will be back.</p>');
}

export function renderNotFound(): string {
  return page('Not found', '<p>There is no such page.</p>');
}

function listOf(entries: readonly Entry[]): string {
  const items = entries.map(
    (entry) => `<li><time>${entry.date}</time> <strong>${entry.title}</strong> ${entry.text}</li>`,
  );
  return `<ul>\n${items.join('\n')}\n</ul>`;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body>
<nav><a href="/">hyperbola</a> <a href="/w/">writings</a> <a href="/lifestream/">lifestream</a> <a href="/contact/">contact</a></nav>
<h1>${title}</h1>
${body}
</body>
</html>
`;
}
