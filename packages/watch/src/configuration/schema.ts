// The file that a watch is configured by, as it is written. Everything is checked; a name that is not known is refused.
import ms from 'ms';
import { z } from 'zod';
import {
  channelCountMax,
  checkCountMax,
  confirmationsDefault,
  deadMansSwitchEveryMsDefault,
  everyMsDefault,
  everyMsLeast,
  everyMsMax,
  historyDaysDefault,
  placeCountMax,
  recoverAfterMsDefault,
  recoverAfterMsMax,
  resendEveryMsDefault,
} from '../defaults.js';

const duration = (leastMs: number, mostMs: number) =>
  z
    .string()
    .regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, 'write a number with its unit: 500ms, 30s, 5m or 2h')
    .transform((text) => ms(text as ms.StringValue))
    .refine((value) => value >= leastMs && value <= mostMs, {
      message: `must be from ${ms(leastMs)} to ${ms(mostMs)}`,
    });

const name = z
  .string()
  .min(1)
  .max(100)
  .refine((text) => !/[\p{Cc}]/u.test(text), 'must be one line');
const placeName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be of letters, digits and ._-');

/** A text, or the name of an environment variable that holds it, for what must not stand in a file: `{ env: SLACK_URL }`. */
const secret = z.union([z.string().min(1), z.strictObject({ env: z.string().regex(/^[A-Za-z_]\w*$/) })], {
  error: 'must be a text, or { env: NAME }',
});

const address = z.string().refine(isWebAddress, 'must be an address: http://… or https://…, without a password');

/** Whether the text is an HTTP(S) address without a user name or a password. */
export function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

const pattern = z.string().refine((text) => {
  try {
    return new RegExp(text) !== undefined;
  } catch {
    return false;
  }
}, 'must be a regular expression');

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be the name of a header');

const expectations = z.strictObject({
  status: z.array(z.int().min(100).max(599)).min(1).optional(),
  body: z.string().min(1).optional(),
  bodyMatches: pattern.optional(),
  json: z
    .array(
      z.strictObject({
        pointer: z.string().regex(/^(\/.*)?$/, 'must be a JSON pointer: /status'),
        equals: z.json(),
      }),
    )
    .optional(),
  headers: z.array(z.strictObject({ name: headerName, includes: z.string().optional() })).optional(),
  location: z.string().optional(),
  within: duration(1, everyMsMax).optional(),
  certificateDays: z.int().min(1).max(3_650).optional(),
});

const check = z
  .strictObject({
    name,
    url: address,
    every: duration(everyMsLeast, everyMsMax).default(everyMsDefault),
    timeout: duration(1, 60_000).optional(),
    confirm: z.int().min(0).max(10).default(confirmationsDefault),
    addresses: z
      .array(z.union([z.literal(4), z.literal(6)], { error: 'must be 4 or 6' }))
      .min(1)
      .max(2)
      .optional(),
    method: z.enum(['GET', 'HEAD']).default('GET'),
    headers: z.record(headerName, secret).optional(),
    followRedirects: z.boolean().default(false),
    expect: expectations.default({}),
    group: z.string().min(1).optional(),
  })
  .refine(({ url, expect }) => expect.certificateDays === undefined || url.startsWith('https:'), {
    message: 'only an https:// address has a certificate',
    path: ['expect', 'certificateDays'],
  })
  .refine(({ timeout, every }) => timeout === undefined || timeout <= every, {
    message: 'must not be longer than every',
    path: ['timeout'],
  });

const webhook = z.strictObject({ url: secret, headers: z.record(headerName, secret).optional() });
const channel = z
  .strictObject({
    webhook: webhook.optional(),
    slack: z.strictObject({ url: secret }).optional(),
    email: z
      .strictObject({ smtp: secret, from: z.string().min(3), to: z.array(z.string().min(3)).min(1).max(50) })
      .optional(),
    sns: z
      .strictObject({
        topicArn: z.string().regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+(\.fifo)?$/, 'must be the ARN of a topic'),
      })
      .optional(),
  })
  .refine((given) => Object.values(given).filter((each) => each !== undefined).length === 1, {
    message: 'must name one of webhook, slack, email, sns',
  });

const instant = z.iso.datetime({ offset: true, error: 'must be a time: 2026-12-01T02:00:00Z' }).transform(Date.parse);

export const configurationSchema = z
  .strictObject({
    place: placeName.optional(),
    checks: z.array(check).min(1, 'must name at least one').max(checkCountMax),
    control: z.array(address).max(5).default([]),
    places: z
      .strictObject({
        agree: z.int().min(1).optional(),
        token: secret,
        others: z
          .array(z.strictObject({ name: placeName, url: address.optional() }))
          .min(1)
          .max(placeCountMax - 1),
      })
      .optional(),
    listen: z
      .string()
      .regex(/^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$/, 'must be HOST:PORT')
      .optional(),
    alerts: z
      .strictObject({
        resendEvery: duration(60_000, 7 * 86_400_000).default(resendEveryMsDefault),
        recoverAfter: duration(1_000, recoverAfterMsMax).default(recoverAfterMsDefault),
        to: z.array(channel).max(channelCountMax),
      })
      .optional(),
    deadMansSwitch: z
      .strictObject({ url: secret, every: duration(10_000, 86_400_000).default(deadMansSwitchEveryMsDefault) })
      .optional(),
    maintenance: z
      .array(
        z
          .strictObject({ from: instant, until: instant, note: name, checks: z.array(name).optional() })
          .refine(({ from, until }) => from < until, { message: 'must be after from', path: ['until'] }),
      )
      .default([]),
    historyDays: z.int().min(1).max(730).default(historyDaysDefault),
  })
  .superRefine(({ checks, places, maintenance }, context) => {
    const names = new Map<string, number>();
    for (const [index, { name }] of checks.entries()) {
      const other = names.get(name);
      if (other !== undefined)
        context.addIssue({
          code: 'custom',
          path: ['checks', index, 'name'],
          message: `is the name of checks[${other}] too`,
        });
      names.set(name, index);
    }
    if (places?.agree !== undefined && places.agree > places.others.length + 1)
      context.addIssue({
        code: 'custom',
        path: ['places', 'agree'],
        message: `is more than there are places: ${places.others.length + 1}`,
      });
    for (const [window, { checks: named = [] }] of maintenance.entries())
      for (const [index, name] of named.entries())
        if (!names.has(name))
          context.addIssue({ code: 'custom', path: ['maintenance', window, 'checks', index], message: 'is no check' });
  });

export type WrittenConfiguration = z.output<typeof configurationSchema>;
export type WrittenSecret = z.output<typeof secret>;
export type WrittenChannel = z.output<typeof channel>;
