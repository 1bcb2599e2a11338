// structured: the settings that are no options of the command line, because they have parts: hooks and notifications.
import {
  defaultHookDeadlineMs,
  type ForwardPhase,
  forwardPhases,
  type Hook,
  type HookAction,
} from '@directrix/rollout';
import { z } from 'zod';
import { isDuration, parseDuration, writeDuration } from '../option-values.js';
import { type NotificationSettings, notifiedKinds } from '../rollout/notification-settings.js';

const duration = z
  .string({ error: 'write a time, such as 5m' })
  .refine(isDuration, { error: 'write a number with its unit: 500ms, 30s, 5m or 2h' });
const url = z
  .string({ error: 'write a text' })
  .refine((text) => /^https?:\/\/[^/]/.test(text) && URL.canParse(text), { error: 'write http://… or https://…' });
const variable = z
  .string({ error: 'write the name of a variable' })
  .regex(/^[A-Za-z_]\w*$/, { error: 'write the name of a variable of the environment' });

const phaseNames = [...forwardPhases, 'halt', 'rollBack'] as const;
const phase = z.enum(phaseNames as unknown as [string, ...string[]], { error: `write ${phaseNames.join(', ')}` });

const hook = z
  .strictObject({
    before: phase.describe('run before the phase begins').optional(),
    after: phase.describe('run after the phase has ended').optional(),
    name: z.string().min(1).describe('what it is called in the journal (default: its number)').optional(),
    run: z.string().min(1).describe('a command for /bin/sh; 0 lets the phase begin').optional(),
    webhook: url.describe('is sent a POST; 2xx lets the phase begin').optional(),
    webhookFrom: variable.describe('the variable of the environment that holds the address').optional(),
    secretFrom: variable.describe('the variable that holds the secret of the signature').optional(),
    deadline: duration.describe(`how long it may take (default: ${writeDuration(defaultHookDeadlineMs)})`).optional(),
  })
  .refine(({ before, after }) => (before === undefined) !== (after === undefined), { error: 'write before or after' })
  .refine(({ run, webhook, webhookFrom }) => countOf(run, webhook, webhookFrom) === 1, {
    error: 'write run, webhook or webhookFrom',
  });

const hooks = z
  .array(hook, { error: 'write a list' })
  .max(20, { error: 'write at most 20' })
  .refine((all) => new Set(all.map(hookNameOf)).size === all.length, {
    error: 'two hooks of a phase have one name',
  })
  .describe('what is run before and after phases');

const notification = z
  .strictObject({
    webhook: url.describe('is sent a POST with JSON').optional(),
    webhookFrom: variable.describe('the variable of the environment that holds the address').optional(),
    secretFrom: variable.describe('the variable that holds the secret of the signature of a webhook').optional(),
    slack: url.describe('the address of an incoming webhook of Slack, or of what takes the same').optional(),
    slackFrom: variable.describe('the variable that holds it').optional(),
    sns: z
      .string()
      .regex(/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w-]+(\.fifo)?$/, { error: 'write the ARN of a topic' })
      .describe('the ARN of a topic')
      .optional(),
    on: z
      .array(z.enum(notifiedKinds, { error: `write ${notifiedKinds.join(', ')}` }), { error: 'write a list' })
      .describe('of what (default: all)')
      .optional(),
  })
  .refine((all) => countOf(all.webhook, all.webhookFrom, all.slack, all.slackFrom, all.sns) === 1, {
    error: 'write webhook, webhookFrom, slack, slackFrom or sns',
  });

const notifications = z
  .array(notification, { error: 'write a list' })
  .max(10, { error: 'write at most 10' })
  .describe('who is told that a rollout started, halted, was rolled back, is done, or needs a human');

function countOf(...values: readonly unknown[]): number {
  return values.filter((value) => value !== undefined).length;
}

type HookSettings = z.infer<typeof hook>;

function hookNameOf({ before, after, name }: HookSettings, index: number): string {
  return `${before} ${after} ${name ?? index + 1}`;
}

/** By key, with the commands that take each. */
export const structuredSettings = {
  hooks: { schema: hooks, commands: ['deploy'], parse: (value: unknown) => hooks.parse(value).map(hookOf) },
  notifications: {
    schema: notifications,
    commands: ['deploy', 'rollback', 'resume', 'abort'],
    parse: (value: unknown): readonly NotificationSettings[] => notifications.parse(value).map(notificationOf),
  },
} as const;

function hookOf(settings: HookSettings, index: number): Hook {
  const { before, after, name, deadline } = settings;
  return {
    when: before === undefined ? 'after' : 'before',
    phase: (before ?? after) as ForwardPhase,
    name: name ?? String(index + 1),
    deadlineMs: deadline === undefined ? defaultHookDeadlineMs : parseDuration(deadline),
    action: actionOf(settings),
  };
}

function actionOf({ run, webhook, webhookFrom, secretFrom }: HookSettings): HookAction {
  if (run !== undefined) return { kind: 'command', command: run };
  return { kind: 'webhook', url: webhook, urlFrom: webhookFrom, secretFrom };
}

function notificationOf(settings: z.infer<typeof notification>): NotificationSettings {
  const { webhook, webhookFrom, secretFrom, slack, slackFrom, sns, on = notifiedKinds } = settings;
  if (sns !== undefined) return { kind: 'sns', topicArn: sns, on };
  if (slack !== undefined || slackFrom !== undefined) return { kind: 'slack', url: slack, urlFrom: slackFrom, on };
  return { kind: 'webhook', url: webhook, urlFrom: webhookFrom, secretFrom, on };
}
