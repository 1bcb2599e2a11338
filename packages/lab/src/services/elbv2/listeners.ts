import type { ElbV2State } from './state.js';

/** Takes a listener and its rules out of the books, tags and URL included. */
export function dropListener(state: ElbV2State, listenerArn: string): void {
  for (const ruleArn of state.listeners.get(listenerArn)?.rules.keys() ?? []) state.tags.delete(ruleArn);
  state.listeners.delete(listenerArn);
  state.tags.delete(listenerArn);
  state.listenerUrls.delete(listenerArn);
}
