import { invalidPattern } from './invalid-pattern.js';

/** The characters that CloudWatch's regular expressions may hold beside escapes. Others are written as `\xhh`. */
const PLAIN = /^[A-Za-z0-9 :_#=@/;,^$?[\]{}|*+.-]*$/;
const ESCAPE = /\\(?:x[0-9A-Fa-f]{2}|[dDsSwW]|[^A-Za-z0-9])/g;

/** `%` stands around it in the pattern. Groups, look-around and back references are refused, as on AWS. */
export function parseRegularExpression(source: string): RegExp {
  const plain = source.replace(ESCAPE, '');
  if (/[()]/.test(plain)) throw invalidPattern(`%${source}% has parentheses, which regular expressions cannot have`);
  if (!PLAIN.test(plain)) throw invalidPattern(`%${source}% has characters that regular expressions cannot have`);
  try {
    return new RegExp(source.replace(/\{,(\d+)\}/g, '{0,$1}'));
  } catch {
    throw invalidPattern(`%${source}% is not a regular expression`);
  }
}
