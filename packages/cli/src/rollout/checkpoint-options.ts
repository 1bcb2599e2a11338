// checkpoint-options: whose approval a deploy waits for. Hooks are in directrix.yaml alone: a command line within a command line helps
// nobody.
import {
  type ApprovalRule,
  defaultApprovalTimeMs,
  type ForwardPhase,
  forwardPhases,
  type Hook,
} from '@directrix/rollout';
import { type Command, InvalidArgumentError } from 'commander';
import { optionWithDefault } from '../help.js';
import { parseDuration, writeDuration } from '../option-values.js';

export interface CheckpointOptions {
  readonly approveBefore?: readonly ForwardPhase[];
  readonly approvalTime?: number;
  readonly ifUnanswered?: 'go-back' | 'go-on' | 'stop';
  /** Of directrix.yaml. */
  readonly hooks?: readonly Hook[];
}

const unanswered = { 'go-back': 'goBack', 'go-on': 'goOn', stop: 'stop' } as const;

export function addCheckpointOptions(command: Command): Command {
  return command
    .option(
      '--approve-before <phases>',
      `wait for directrix approve before these phases: ${forwardPhases.join(',')}`,
      parsePhases,
    )
    .addOption(
      optionWithDefault(
        '--approval-time <time>',
        'how long to wait for an approval',
        writeDuration(defaultApprovalTimeMs),
        parseDuration,
      ),
    )
    .addOption(
      optionWithDefault('--if-unanswered <what>', 'what to do after that time', 'go-back').choices(
        Object.keys(unanswered),
      ),
    );
}

/** What the options mean for a rollout. */
export function readCheckpointOptions({ approveBefore, approvalTime, ifUnanswered, hooks }: CheckpointOptions): {
  readonly approvals?: ApprovalRule;
  readonly hooks?: readonly Hook[];
} {
  if (approveBefore === undefined) return { hooks };
  return {
    hooks,
    approvals: {
      before: approveBefore,
      timeLimitMs: approvalTime ?? defaultApprovalTimeMs,
      ifUnanswered: unanswered[ifUnanswered ?? 'go-back'],
    },
  };
}

function parsePhases(text: string): readonly ForwardPhase[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !forwardPhases.some((phase) => phase === name));
  if (wrong !== undefined)
    throw new InvalidArgumentError(`'${wrong}' is no phase: write some of ${forwardPhases.join(',')}.`);
  return forwardPhases.filter((phase) => names.includes(phase));
}
