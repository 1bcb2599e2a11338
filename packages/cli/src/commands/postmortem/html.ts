import { Marked, Renderer } from 'marked';

const pages = new Marked({
  renderer: {
    html: ({ text }) => (text.startsWith('<!--') ? '' : escapeHtml(text)),
    // What scrolls must be reached by the keyboard, and have a name.
    table(token) {
      const names = token.header.map(({ text }) => text).join(', ');
      return `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(`table: ${names}`)}">${Renderer.prototype.table.call(this, token)}</div>\n`;
    },
    code: ({ text }) => `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`,
    // A box that nobody can tick is a picture.
    checkbox: ({ checked }) =>
      `<span role="img" aria-label="${checked ? 'done' : 'to do'}">${checked ? '☑' : '☐'}</span> `,
  },
  walkTokens: (token) => {
    if ((token.type === 'link' || token.type === 'image') && !/^https?:/.test(token.href)) token.href = '#';
  },
});

/**
 * The Markdown as one page without anything from elsewhere. Markup in the Markdown is shown as text: it may come from what an
 * instance or AWS said.
 */
export function renderHtml(markdown: string, title: string): string {
  const body = pages.parse(markdown, { async: false });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
main { overflow-wrap: anywhere }
.scroll { overflow-x: auto }
table { border-collapse: collapse } th, td { border: 1px solid #8886; padding: .25rem .6rem; text-align: left; vertical-align: top; overflow-wrap: normal; word-break: normal }
td:first-child { white-space: nowrap }
code, pre { font-size: .9em } pre { overflow-x: auto; padding: .6rem; border: 1px solid #8886 }
</style>
</head>
<body>
<main>
${body}</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
