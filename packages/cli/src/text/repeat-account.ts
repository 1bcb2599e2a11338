// repeat-account: a command that is printed to be copied needs the account that this one was given.
import { shell } from '@directrix/rollout';

/** What the command line said of the account. */
export interface SaidAccount {
  readonly profile?: string;
  readonly region?: string;
}

// A command with its options behind it. Of prose (`directrix status shows …`) nothing matches.
const accountCommand =
  /\b(directrix (?:deploy|rollback|resume|abort|status|preflight|reach|history|logs|evidence|secrets [a-z]+)|aws (?!configure)[a-z0-9]+(?: [a-z0-9-]+){1,2})(?= --| \/)/g;

/**
 * The text with `--profile` and `--region` in each command of it that talks to AWS, when this command was given them.
 *
 *     directrix resume --group web       directrix resume --profile production --group web
 */
export function repeatAccount(text: string, { profile, region }: SaidAccount): string {
  const flags = [
    ...(profile === undefined ? [] : [shell`--profile ${profile}`]),
    ...(region === undefined ? [] : [shell`--region ${region}`]),
  ];
  // A name with a quote of JSON in it would break a document; it stays as it is.
  if (flags.length === 0 || /["\\]/.test(flags.join(' '))) return text;
  return text.replace(accountCommand, (command) => [command, ...flags].join(' '));
}
