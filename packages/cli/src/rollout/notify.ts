// notify: tells receivers what becomes of a rollout.
//
//   1. A rollout never waits for a receiver: messages are sent beside it, each with an end, and what waits is bounded.
//   2. A receiver that does not take a message is told of once, in the journal. Nothing of its address is told.
//   3. A message is sent as soon as its event is known, and tried twice within its time.
import { publishNotification } from '@directrix/aws';
import type { Release, RolloutEvent } from '@directrix/rollout';
import { type Channel, ChannelError, createChannels, fetchPost, type Message, type Post } from '@directrix/watch';
import type { Io } from '../io.js';
import { tellEnding } from '../text/ending-text.js';
import { tellEvidence } from '../text/evidence-text.js';
import { tellNotice } from '../text/notice-text.js';
import type { World } from '../world.js';
import type { NotificationSettings, NotifiedKind } from './notification-settings.js';
import { codeOfPostFailure, headersFor } from './post.js';

/** The contract of a webhook's body; docs/configuration.md has it. */
export interface NotificationDocument {
  readonly schema: 'directrix.notification/1';
  /** The same however often it is sent. */
  readonly id: string;
  readonly kind: NotifiedKind;
  readonly at: string;
  readonly group: string;
  readonly rolloutId: string;
  readonly command: string;
  readonly from: Release;
  readonly to: Release;
  /** One line. */
  readonly title: string;
  readonly text: string;
  /** Of what it is about: the evidence's, the need's or the notice's. */
  readonly code?: string;
}

interface Notifier {
  hear(event: RolloutEvent): void;
  /** The rollout stopped without an event that says so. */
  stopped(text: string, code: string): void;
  /** Ends when everything was sent, or its time is over. */
  stop(): Promise<void>;
}

interface Rollout {
  readonly command: string;
  readonly groupName: string;
  readonly rolloutId: string;
  readonly from: Release;
  readonly to: Release;
}

/** One try takes no longer; there are two. */
const tryMs = 2_000;
const pauseMs = 500;
/** Waiting for one receiver at the same time; the rest is dropped, and counts as not taken. */
const waitingMax = 10;

interface Receiver {
  readonly name: string;
  readonly on: readonly NotifiedKind[];
  send(message: Message, document: NotificationDocument, signal: AbortSignal): Promise<void>;
}

export function createNotifier(
  io: Pick<Io, 'env'>,
  world: World,
  settings: readonly NotificationSettings[],
  rollout: Rollout,
  tell: (event: RolloutEvent) => void,
): Notifier {
  const receivers = settings.map((each, index) => new Queue(receiverOf(each, index, io.env, world), world, report));
  const failed = new Set<string>();
  let sent = 0;

  function report(receiver: string, trouble: string): void {
    if (failed.has(receiver)) return;
    failed.add(receiver);
    const { rolloutId } = rollout;
    tell({
      kind: 'notice',
      at: world.clock.now(),
      rolloutId,
      notice: { code: 'NOTIFICATION_FAILED', receiver, trouble },
    });
  }

  const say = (at: number, kind: NotifiedKind, what: string, text: string, code?: string) => {
    sent += 1;
    const { groupName: group, ...rest } = rollout;
    const title = `${group}: ${rollout.to.version} ${what}`;
    const id = `${rollout.rolloutId}:${kind}:${sent}`;
    const iso = new Date(at).toISOString();
    const document = {
      schema: 'directrix.notification/1',
      id,
      kind,
      at: iso,
      group,
      ...rest,
      title,
      text,
      code,
    } as const;
    for (const receiver of receivers) receiver.add(document);
  };

  return {
    hear(event) {
      const { at } = event;
      switch (event.kind) {
        case 'started':
          return say(at, 'started', `is rolled out, in place of ${event.from.version}`, `${rollout.command} began`);
        case 'phase':
          if (event.phase !== 'halt' || event.because.code !== 'EVIDENCE_FOUND') return;
          return say(
            at,
            'halted',
            `is halted: ${event.because.evidence.code}`,
            tellEvidence(event.because.evidence),
            event.because.evidence.code,
          );
        case 'notice':
          if (event.notice.code !== 'APPROVAL_NEEDED') return;
          return say(
            at,
            'needsHuman',
            `waits for an approval of ${event.notice.phase}`,
            tellNotice(event.notice),
            event.notice.code,
          );
        case 'interrupted':
          return say(
            at,
            'needsHuman',
            'was interrupted',
            `${event.signal}: stopped at a safe point; resume or abort it`,
            'INTERRUPTED',
          );
        case 'finished': {
          const { ending } = event;
          const text = tellEnding(ending, rollout.groupName);
          if (ending.outcome === 'done') return say(at, 'done', 'is rolled out', text);
          if (ending.outcome === 'rolledBack')
            return say(at, 'rolledBack', 'is rolled back', text, ending.evidence?.code);
          return say(at, 'needsHuman', `needs a human: ${ending.need.code}`, text, ending.need.code);
        }
      }
    },
    stopped: (text, code) => say(world.clock.now(), 'needsHuman', `needs a human: ${code}`, text, code),
    async stop() {
      await Promise.all(receivers.map((receiver) => receiver.idle()));
    },
  };
}

/** One receiver's messages, in their order, one at a time. */
class Queue {
  readonly #waiting: NotificationDocument[] = [];
  #working: Promise<void> | undefined;

  readonly #receiver: Receiver;
  readonly #world: World;
  readonly #report: (receiver: string, trouble: string) => void;

  constructor(receiver: Receiver, world: World, report: (receiver: string, trouble: string) => void) {
    this.#receiver = receiver;
    this.#world = world;
    this.#report = report;
  }

  add(document: NotificationDocument): void {
    if (!this.#receiver.on.includes(document.kind)) return;
    if (this.#waiting.length >= waitingMax) {
      this.#report(this.#receiver.name, 'TOO_MANY');
      return;
    }
    this.#waiting.push(document);
    this.#working ??= this.#work();
  }

  async idle(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const trouble =
        (await this.#attempt(next)) && (await this.#pause().then(() => this.#attempt(next as NotificationDocument)));
      if (trouble !== undefined) this.#report(this.#receiver.name, trouble);
    }
    this.#working = undefined;
  }

  async #pause(): Promise<void> {
    await this.#world.clock.sleep(pauseMs * (this.#world.clock.speed ?? 1)).catch(() => undefined);
  }

  /** Undefined when it was taken; else a code. */
  async #attempt(document: NotificationDocument): Promise<string | undefined> {
    const over = new AbortController();
    const ended = new AbortController();
    const { id, title, text } = document;
    const sending = this.#receiver.send({ id, title, text, document }, document, over.signal).then(
      () => undefined,
      (error: unknown) => (error instanceof ChannelError ? error.code : codeOfPostFailure(error)),
    );
    // A receiver is as fast as the wall's clock, whatever the lab's says.
    const timing = this.#world.clock.sleep(tryMs * (this.#world.clock.speed ?? 1), ended.signal).then(
      () => 'TIMED_OUT',
      () => undefined,
    );
    try {
      return await Promise.race([sending, timing]);
    } finally {
      ended.abort();
      over.abort();
    }
  }
}

function receiverOf(settings: NotificationSettings, index: number, env: Io['env'], world: World): Receiver {
  const name = `${settings.kind} ${index + 1}`;
  const { on } = settings;
  const post = world.post ?? fetchPost;
  if (settings.kind === 'webhook')
    return { name, on, send: (_, document, signal) => callWebhook(post, settings, env, document, world, signal) };
  const channel = channelOf(settings, env, post, world);
  return {
    name,
    on,
    send: (message, _, signal) => channel?.send(message, signal) ?? Promise.reject(new ChannelError('ADDRESS_MISSING')),
  };
}

type Webhook = NotificationSettings & { readonly kind: 'webhook' };

async function callWebhook(
  post: Post,
  { url, urlFrom, secretFrom }: Webhook,
  env: Io['env'],
  document: NotificationDocument,
  world: World,
  signal: AbortSignal,
): Promise<void> {
  const address = url ?? variableOf(env, urlFrom);
  if (address === undefined) throw new ChannelError('ADDRESS_MISSING');
  const secret = variableOf(env, secretFrom);
  if (secretFrom !== undefined && secret === undefined) throw new ChannelError('SECRET_MISSING');
  const body = JSON.stringify(document);
  const { status } = await post(address, { headers: headersFor(body, secret, world.clock.now()), body, signal });
  if (status < 200 || status > 299) throw new ChannelError(`HTTP_${status}`);
}

function channelOf(
  settings: Exclude<NotificationSettings, Webhook>,
  env: Io['env'],
  post: Post,
  world: World,
): Channel | undefined {
  const publish = (topicArn: string, { title, text, id }: Message, signal: AbortSignal) =>
    publishNotification(world.clients, topicArn, { subject: title, text, id }, signal);
  if (settings.kind === 'sns') return createChannels([settings], { post, publish })[0];
  const url = settings.url ?? variableOf(env, settings.urlFrom);
  return url === undefined ? undefined : createChannels([{ kind: 'slack', url }], { post, publish })[0];
}

function variableOf(env: Io['env'], name: string | undefined): string | undefined {
  return name === undefined ? undefined : env[name] || undefined;
}
