/**
 * Whether `text` matches an ALB pattern: `*` stands for zero or more characters and `?` for exactly one. No other character is
 * special. Takes at most `pattern.length * text.length` steps, so that no pattern can hang the load balancer.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  // Where to go on from when the last star must take one character more.
  let afterStar = -1;
  let starTook = 0;
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      p += 1;
      afterStar = p;
      starTook = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (afterStar >= 0) {
      starTook += 1;
      p = afterStar;
      t = starTook;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p += 1;
  return p === pattern.length;
}
