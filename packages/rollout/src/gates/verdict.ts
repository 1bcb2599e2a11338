/**
 * What a gate says of the release. `no-data`: too little was seen to tell; it never promotes. `already-broken`: what is wrong was
 * wrong before the release, or hits the old release just the same; it is told, and not held against the release.
 */
export type Verdict = 'pass' | 'fail' | 'no-data' | 'already-broken';
