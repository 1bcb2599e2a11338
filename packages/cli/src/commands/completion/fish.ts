import type { CompletedOption, Completion } from './completion-table.js';
import { listPaths } from './completion-table.js';

export function fishScript(table: readonly Completion[]): string {
  return `# directrix: completion for fish. Written by: directrix completion fish
function __directrix_at
    set -l way ''
    for word in (commandline -opc)[2..-1]
        set -l next (string trim "$way $word")
        contains -- "$next" ${listPaths(table).map(quotedForFish).join(' ')}
        and set way "$next"
    end
    test "$way" = "$argv[1]"
end
complete -c directrix -f
${table.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, commands, options, values }: Completion): readonly string[] {
  const at = `complete -c directrix -n ${quotedForFish(`__directrix_at ${quotedForFish(path)}`)}`;
  return [
    ...commands.map(({ name, description }) => `${at} -a ${name} -d ${quotedForFish(description)}`),
    ...(values.length === 0 ? [] : [`${at} -a ${quotedForFish(values.join(' '))}`]),
    ...options.map((option) => `${at}${partsOf(option)} -d ${quotedForFish(option.description)}`),
  ];
}

function partsOf({ long, short, takesValue, choices }: CompletedOption): string {
  const flags = ` -l ${long.replace(/^--/, '')}${short === undefined ? '' : ` -s ${short.replace(/^-/, '')}`}`;
  if (!takesValue) return flags;
  // -r: a value; -F: files, too, where nobody knows what it is.
  return choices.length > 0 ? `${flags} -x -a ${quotedForFish(choices.join(' '))}` : `${flags} -r -F`;
}

/** In single quotes fish knows two escapes. */
function quotedForFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
