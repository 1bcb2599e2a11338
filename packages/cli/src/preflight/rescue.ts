import { quote } from '@directrix/rollout';

/** What was typed, with options more: to be copied into a shell. */
function typeAgain(argv: readonly string[], more: readonly string[]): string {
  return ['directrix', ...argv, ...more].map(quote).join(' ');
}

/** With nothing healthy the release may be the cure. The first words are the command that rescues; `skip`: what else refuses it. */
export function tellRescue(argv: readonly string[], skip: readonly string[] = []): string {
  const skips = skip.flatMap((code) => ['--skip', code]);
  return `when the release is the fix: ${typeAgain(argv, ['--accept-broken-baseline', ...skips])}`;
}
