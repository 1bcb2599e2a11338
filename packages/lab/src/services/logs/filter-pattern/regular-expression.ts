import { invalidPattern } from './invalid-pattern.js';

/**
 * CloudWatch's regular expressions: alphanumerics, `. ^ $ ? * + | [ ] ( ) { }`, and escapes. The lab takes what JavaScript takes of them;
 * groups and back references, which AWS refuses, are refused.
 */
export function parseRegularExpression(source: string): RegExp {
  if (/\(\?|\\[1-9]/.test(source)) throw invalidPattern('look-around and back references are not supported');
  try {
    return new RegExp(source);
  } catch {
    throw invalidPattern(`%${source}% is not a regular expression`);
  }
}
