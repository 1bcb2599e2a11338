// checkpoint-text: what hooks and approvals came to, in words.
import type { ApprovalRule, HookResult } from '@directrix/rollout';
import { seconds } from './quantities.js';

/** `exited with 1`, behind the name of the hook. */
export function tellHookResult(result: HookResult): string {
  switch (result.kind) {
    case 'exit':
      return `exited with ${result.code}`;
    case 'signal':
      return `was ended by ${result.signal}`;
    case 'status':
      return `was answered with ${result.status}`;
    case 'timedOut':
      return `had not ended after ${seconds(result.afterMs)}`;
    case 'notRun':
      return `could not be run: ${result.code}`;
  }
}

/** `: "too early"`, or nothing. */
export function tellSaid(reason: string | undefined): string {
  return reason === undefined ? '' : `: "${reason}"`;
}

/** What happens at the time limit. */
export function tellUnanswered(what: ApprovalRule['ifUnanswered']): string {
  return { goBack: 'goes back', goOn: 'goes on', stop: 'stops and needs a human' }[what];
}
