// sections: a postmortem is written by the tool and by people, in one file. The tool owns what stands between its markers; all
// else is people's.
//
//   1. What stands outside of the markers is kept to the letter.
//   2. A section that a person changed is theirs from then on: it is kept, and named as kept. The marker carries a digest of what
//      the tool wrote, so a change is seen.
//   3. A section that a person took out stays out.
//   4. Writing the same postmortem twice gives the same file.
import { createHash } from 'node:crypto';

export interface Section {
  /** `impact`, `timeline`, … */
  readonly name: string;
  readonly body: string;
}

interface Rewritten {
  readonly text: string;
  /** The sections that a person had changed, and that were left as they are. */
  readonly kept: readonly string[];
}

/** A new file: every section in order, with room for people between them. */
export function writeSections(title: string, sections: readonly Section[]): string {
  return `${[title, ...sections.map(render)].join('\n\n')}\n`;
}

/** The file `previous` with its sections written again. `rewrite` names the sections to replace although a person changed them. */
export function rewriteSections(
  previous: string,
  sections: readonly Section[],
  rewrite: ReadonlySet<string> = new Set(),
): Rewritten {
  const kept: string[] = [];
  const text = previous.replace(sectionPattern, (whole, name: string, digest: string, body: string) => {
    const section = sections.find((each) => each.name === name);
    if (section === undefined) return whole;
    if (digest !== digestOf(body) && !rewrite.has(name)) {
      kept.push(name);
      return whole;
    }
    return render(section);
  });
  return { text, kept };
}

/** Whether the file was written by this tool: it has at least one section of ours. */
export function hasSections(text: string): boolean {
  return text.search(sectionPattern) !== -1;
}

const sectionPattern = /<!-- directrix:begin ([a-z-]+) ([0-9a-f]{12}) -->\n([\s\S]*?)\n<!-- directrix:end \1 -->/g;

function render({ name, body }: Section): string {
  return `<!-- directrix:begin ${name} ${digestOf(body)} -->\n${body}\n<!-- directrix:end ${name} -->`;
}

// Editors may trim the end of a line and change line ends: neither is a change by a person.
function digestOf(body: string): string {
  const settled = body.replace(/[ \t]*\r?\n/g, '\n').trim();
  return createHash('sha256').update(settled).digest('hex').slice(0, 12);
}
