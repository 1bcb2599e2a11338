// Reads a configuration: YAML to a WatchConfiguration, or every fault in it with its line and column.

import type { Expectations } from '@directrix/rollout';
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import {
  confirmAfterMsFor,
  listenDefault,
  recoverAfterMsDefault,
  resendEveryMsDefault,
  timeoutMsFor,
} from '../defaults.js';
import type { ChannelSettings, WatchConfiguration, WatchedCheck } from './configuration.js';
import {
  configurationSchema,
  isWebAddress,
  type WrittenChannel,
  type WrittenConfiguration,
  type WrittenSecret,
} from './schema.js';

export interface ConfigurationIssue {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** `checks[0].every`; empty for the whole. */
  readonly path: string;
  /** What is wrong. It repeats no value: a value may be a secret. */
  readonly message: string;
}

export type ConfigurationReading =
  | { readonly configuration: WatchConfiguration }
  | { readonly issues: readonly ConfigurationIssue[] };

export interface ReadingContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** In place of `place` in the file. */
  readonly place?: string;
  /** Where neither names one. */
  readonly placeDefault: string;
}

type Path = readonly PropertyKey[];
type Complain = (path: Path, message: string) => void;

/** All faults at once, in the order of the file. */
export function readConfiguration(text: string, context: ReadingContext): ConfigurationReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const issues: ConfigurationIssue[] = [];
  const complainAt = (offset: number, path: Path, message: string) => {
    const { line, col } = lines.linePos(offset);
    issues.push({ line, column: col, path: formatPath(path), message });
  };
  const complain: Complain = (path, message) => complainAt(offsetOf(document, path), path, message);
  for (const { pos, message } of document.errors) complainAt(pos[0], [], message);
  if (issues.length > 0) return { issues };
  const checked = configurationSchema.safeParse(toValue(document, complain));
  if (!checked.success)
    for (const issue of checked.error.issues) {
      if (issue.code !== 'unrecognized_keys') complain(issue.path, messageOf(issue, document));
      else
        for (const key of issue.keys) {
          const path = [...issue.path, key];
          complainAt(nameOffset(document, path), path, 'is not known here');
        }
    }
  if (!checked.success || issues.length > 0) return { issues: inOrder(issues) };
  const configuration = settle(checked.data, context, complain);
  return issues.length > 0 ? { issues: inOrder(issues) } : { configuration };
}

function inOrder(issues: readonly ConfigurationIssue[]): readonly ConfigurationIssue[] {
  return [...issues].sort((a, b) => a.line - b.line || a.column - b.column);
}

// An alias may repeat itself without end ("billion laughs"): the library refuses that while it makes the value.
function toValue(document: Document, complain: Complain): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    complain([], (error as Error).message);
    return {};
  }
}

function messageOf(issue: z.core.$ZodIssue, document: Document): string {
  if (issue.code === 'invalid_type' && document.getIn(issue.path) === undefined) return 'is missing';
  return issue.message.replace(/^Invalid input: /, '');
}

/** Where the value is, or the nearest thing around it that is there. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length) as unknown[], true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

/** Where the name stands that the path ends with. */
function nameOffset(document: Document, path: Path): number {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1) as unknown[], true);
  const pair = isMap(parent) ? parent.items.find(({ key }) => String(key) === String(path.at(-1))) : undefined;
  return isNode(pair?.key) && pair.key.range ? pair.key.range[0] : offsetOf(document, path);
}

/** `checks[0].expect.status` */
function formatPath(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

function settle(written: WrittenConfiguration, context: ReadingContext, complain: Complain): WatchConfiguration {
  const read = (secret: WrittenSecret, path: Path): string => {
    if (typeof secret === 'string') return secret;
    const value = context.env[secret.env];
    if (value === undefined || value === '')
      complain([...path, 'env'], `the environment variable ${secret.env} is not set`);
    return value ?? '';
  };
  const readAddress = (secret: WrittenSecret, path: Path): string => {
    const value = read(secret, path);
    if (value !== '' && !isWebAddress(value))
      complain(path, 'must be an address: http://… or https://…, without a password');
    return value;
  };
  const place = context.place ?? written.place ?? context.placeDefault;
  const { places, alerts, deadMansSwitch } = written;
  const others = places?.others ?? [];
  for (const [index, { name }] of others.entries()) {
    if (name === place) complain(['places', 'others', index, 'name'], 'is the name of this place');
    if (others.findIndex((each) => each.name === name) !== index)
      complain(['places', 'others', index, 'name'], 'is named twice');
  }
  const placeNames = [place, ...others.map(({ name }) => name)];
  return {
    place,
    checks: written.checks.flatMap((check, index) => settleCheck(check, ['checks', index], read)),
    control: written.control,
    agreement: {
      agree: places?.agree ?? Math.floor(placeNames.length / 2) + 1,
      placeNames,
      reportTo: others.flatMap(({ name, url }) => (url === undefined ? [] : [{ name, url }])),
      ...(places === undefined ? {} : { token: read(places.token, ['places', 'token']) }),
    },
    listen: settleListen(written, complain),
    alerts: {
      resendEveryMs: alerts?.resendEvery ?? resendEveryMsDefault,
      recoverAfterMs: alerts?.recoverAfter ?? recoverAfterMsDefault,
      channels: (alerts?.to ?? []).map((channel, index) =>
        settleChannel(channel, ['alerts', 'to', index], read, readAddress),
      ),
    },
    deadMansSwitch: deadMansSwitch && {
      url: readAddress(deadMansSwitch.url, ['deadMansSwitch', 'url']),
      everyMs: deadMansSwitch.every,
    },
    maintenance: written.maintenance,
    historyDays: written.historyDays,
  };
}

type Read = (secret: WrittenSecret, path: Path) => string;

function settleCheck(written: WrittenConfiguration['checks'][number], path: Path, read: Read): WatchedCheck[] {
  const { expect, headers = {} } = written;
  const { certificateDays } = expect;
  const expectations: Expectations = {
    statusCodes: expect.status,
    bodyIncludes: expect.body,
    bodyMatches: expect.bodyMatches,
    json: expect.json,
    headers: expect.headers,
    location: expect.location,
    durationMaxMs: expect.within,
    certificateDaysLeast: certificateDays,
  };
  const families = written.addresses === undefined ? [undefined] : [...new Set(written.addresses)];
  const named = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), read(value, [...path, 'headers', name])]),
  );
  return families.map((family) => {
    const name = families.length === 1 ? written.name : `${written.name} over IPv${family}`;
    return {
      name,
      writtenName: written.name,
      check: {
        name,
        request: { url: written.url, method: written.method, headers: named, family },
        expect: expectations,
        timeoutMs: written.timeout ?? timeoutMsFor(written.every),
        isFollowingRedirects: written.followRedirects,
      },
      everyMs: written.every,
      confirmations: written.confirm,
      confirmAfterMs: confirmAfterMsFor(written.every),
      groupName: written.group,
      certificateDaysLeast: certificateDays,
    };
  });
}

function settleListen({ listen, places }: WrittenConfiguration, complain: Complain): WatchConfiguration['listen'] {
  if (listen === undefined) return places === undefined ? undefined : listenDefault;
  const split = listen.lastIndexOf(':');
  const port = Number(listen.slice(split + 1));
  if (port > 65_535) complain(['listen'], 'must have a port up to 65535');
  return { host: listen.slice(0, split).replace(/^\[|\]$/g, ''), port };
}

function settleChannel(written: WrittenChannel, path: Path, read: Read, readAddress: Read): ChannelSettings {
  const { webhook, slack, email, sns } = written;
  if (webhook !== undefined) {
    const headers = Object.entries(webhook.headers ?? {}).map(([name, value]) => [
      name.toLowerCase(),
      read(value, [...path, 'webhook', 'headers', name]),
    ]);
    return {
      kind: 'webhook',
      url: readAddress(webhook.url, [...path, 'webhook', 'url']),
      headers: Object.fromEntries(headers),
    };
  }
  if (slack !== undefined) return { kind: 'slack', url: readAddress(slack.url, [...path, 'slack', 'url']) };
  if (email !== undefined)
    return { kind: 'email', smtp: read(email.smtp, [...path, 'email', 'smtp']), from: email.from, to: email.to };
  return { kind: 'sns', topicArn: sns?.topicArn ?? '' };
}
