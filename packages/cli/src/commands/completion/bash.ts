import { type Completion, listPaths, listValueOptions, quoted } from './completion-table.js';

/** Works with the bash 3.2 of macOS, and without bash-completion. */
export function bashScript(table: readonly Completion[]): string {
  const values = listValueOptions(table);
  const named = values.filter(({ choices }) => choices.length > 0);
  const free = values.filter(({ choices }) => choices.length === 0);
  return `# directrix: completion for bash. Written by: directrix completion bash
_directrix() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path="" word words="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${path:+$path }\${COMP_WORDS[i]}"
    case "$word" in
      ${listPaths(table).map(quoted).join(' | ')}) path="$word" ;;
    esac
  done
  COMPREPLY=()
  case "$path $prev" in
${named.map(({ path, flag, choices }) => `    ${quoted(`${path} ${flag}`)}) words=${quoted(choices.join(' '))} ;;`).join('\n')}
    ${free.map(({ path, flag }) => quoted(`${path} ${flag}`)).join(' | ')}) return ;;
    *)
      case "$path" in
${table.map((completion) => `        ${quoted(completion.path)}) words=${quoted(wordsOf(completion).join(' '))} ;;`).join('\n')}
      esac
      ;;
  esac
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$cur")
}
complete -o default -F _directrix directrix
`;
}

function wordsOf({ commands, options, values }: Completion): readonly string[] {
  return [...commands.map(({ name }) => name), ...values, ...options.map(({ long }) => long), '--help'];
}
