import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasSections, rewriteSections, type Section, writeSections } from './sections.js';

const sections: Section[] = [
  { name: 'summary', body: 'Down for 67 s.' },
  { name: 'timeline', body: '- 00:16 it began\n- 00:23 it ended' },
];
const changed: Section[] = [{ name: 'summary', body: 'Down for 68 s.' }, sections[1] as Section];

test('what people wrote between the sections is kept to the letter', () => {
  const end = '<!-- directrix:end summary -->';
  const written = writeSections('# Postmortem', sections).split(end).join(`${end}\n\nAnn adds: $& $1 \\0  \n`);
  const { text, kept } = rewriteSections(written, changed);
  expect(kept).toEqual([]);
  expect(text).toContain('Ann adds: $& $1 \\0  \n');
  expect(text).toContain('Down for 68 s.');
  expect(text).not.toContain('Down for 67 s.');
});

test('a section that a person changed is theirs, and is replaced only when it is named', () => {
  const edited = writeSections('# Postmortem', sections).replace('Down for 67 s.', 'Down for a minute.');
  const again = rewriteSections(edited, changed);
  expect(again).toEqual({ text: edited, kept: ['summary'] });
  expect(rewriteSections(edited, changed, new Set(['summary'])).text).toContain('Down for 68 s.');
});

test('line ends and blanks at the end of a line are no change by a person', () => {
  const saved = writeSections('# Postmortem', sections).replaceAll('began\n', 'began  \r\n');
  expect(rewriteSections(saved, changed).kept).toEqual([]);
});

test('a section that a person took out stays out', () => {
  const [, timeline] = sections;
  const without = writeSections('# Postmortem', [timeline as Section]);
  expect(rewriteSections(without, sections).text).toBe(without);
});

test('a file of somebody else has no sections of ours', () => {
  expect(hasSections('# Notes\n')).toBe(false);
  expect(hasSections(writeSections('# Postmortem', sections))).toBe(true);
});

test('writing the same again changes nothing, whatever the bodies are', () => {
  const body = fc.string({ maxLength: 80 }).filter((text) => !text.includes('<!--'));
  fc.assert(
    fc.property(body, body, (first, second) => {
      const written = writeSections('# P', [
        { name: 'a', body: first },
        { name: 'b', body: second },
      ]);
      const again = rewriteSections(written, [
        { name: 'a', body: first },
        { name: 'b', body: second },
      ]);
      expect(again).toEqual({ text: written, kept: [] });
    }),
    { numRuns: 100 },
  );
});
