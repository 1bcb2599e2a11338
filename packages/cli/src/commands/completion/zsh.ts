import { type Completion, listPaths, listValueOptions, quoted } from './completion-table.js';

export function zshScript(table: readonly Completion[]): string {
  const values = listValueOptions(table);
  const named = values.filter(({ choices }) => choices.length > 0);
  const free = values.filter(({ choices }) => choices.length === 0);
  return `#compdef directrix
# directrix: completion for zsh. Written by: directrix completion zsh
_directrix() {
  local way="" word prev="\${words[CURRENT-1]}" i
  local -a found
  for ((i = 2; i < CURRENT; i++)); do
    word="\${way:+$way }\${words[i]}"
    case "$word" in
      (${listPaths(table).map(quoted).join('|')}) way="$word" ;;
    esac
  done
  case "$way $prev" in
${named.map(({ path, flag, choices }) => `    (${quoted(`${path} ${flag}`)}) found=(${choices.map(quoted).join(' ')}) ;;`).join('\n')}
    (${free.map(({ path, flag }) => quoted(`${path} ${flag}`)).join('|')}) _files; return ;;
    (*)
      case "$way" in
${table.map((completion) => `        (${quoted(completion.path)}) found=(${listEntries(completion).map(quoted).join(' ')}) ;;`).join('\n')}
      esac
      ;;
  esac
  _describe directrix found || _files
}
if [ "\${funcstack[1]}" = _directrix ]; then _directrix "$@"; else compdef _directrix directrix; fi
`;
}

function listEntries({ commands, options, values }: Completion): readonly string[] {
  const entry = (name: string, description: string) => `${escapeColons(name)}:${escapeColons(description)}`;
  return [
    ...commands.map(({ name, description }) => entry(name, description)),
    ...values,
    ...options.map(({ long, description }) => entry(long, description)),
    entry('--help', 'show help'),
  ];
}

/** A colon ends the name. */
function escapeColons(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll(':', '\\:');
}
