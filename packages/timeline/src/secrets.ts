// secrets: texts of others may hold a secret. What looks like one is hidden before it becomes part of a timeline.
//
//   K1. Hidden are: keys of AWS, tokens (JWT, bearer, Slack, GitHub), private keys, passwords in addresses, and what stands behind a
//       name that speaks of a secret: `password=…`, `"api_key": "…"`.
//   K2. It is a net and not a wall: a secret that looks like a word passes. Structured witnesses have no values at all.

const hidden = '[hidden]';

const patterns: readonly (readonly [pattern: RegExp, by: string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, hidden],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, hidden],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, hidden],
  [/\b(?:xox[abprs]-|gh[pousr]_|github_pat_)[\w-]{8,}/g, hidden],
  [/(\b(?:Bearer|Basic) +)[\w+/=.~-]{8,}/gi, `$1${hidden}`],
  [/(:\/\/[^\s:/@]*:)[^\s/@]+(?=@)/g, `$1${hidden}`],
  [
    /((?:pass(?:word|wd|phrase)?|secret|token|api[_-]?key|private[_-]?key|access[_-]?key|credential)s?[\w-]*["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s,;]+)/gi,
    `$1${hidden}`,
  ],
];

/** The text, with what looks like a secret hidden. */
export function hideSecrets(text: string): string {
  return patterns.reduce((shown, [pattern, by]) => shown.replace(pattern, by), text);
}
