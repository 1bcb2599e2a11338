// shell-command: a command that a person may copy into a shell.

/** A word that every POSIX shell takes as it stands. */
const plainWord = /^[\w@%+=:,./-]+$/;

/** One word of a shell command. */
export function quote(word: string): string {
  return plainWord.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** AWS's types allow nearly everything to be absent: that is an empty word. */
type ShellValue = string | number | readonly string[] | undefined;

/**
 * A command whose values are quoted, each as one word; a list is several words. Every command that is printed is made by it.
 *
 *     shell`directrix status --group ${'web'}`            directrix status --group web
 *     shell`directrix status --group ${'web;touch /x'}`   directrix status --group 'web;touch /x'
 *     shell`aws ec2 x --subnet-ids ${['a', 'b c']}`       aws ec2 x --subnet-ids a 'b c'
 */
export function shell(texts: TemplateStringsArray, ...values: readonly ShellValue[]): string {
  return texts
    .slice(1)
    .reduce((command, text, index) => `${command}${quoteValue(values[index])}${text}`, texts[0] ?? '');
}

function quoteValue(value: ShellValue): string {
  return typeof value === 'object' ? value.map(quote).join(' ') : quote(String(value ?? ''));
}
