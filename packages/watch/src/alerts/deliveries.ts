// Deliveries: alerts on their way. Each channel has a queue of its own, so that one that is down holds up no other.
//
//   A1. An alert is written to the state log before it is sent, and struck out after it arrived: a kill in between sends it again.
//   A2. What fails is tried again, at growing pauses, for a day. Order within a channel is kept.
//   A3. Each try has an end, and at most `deliveriesMax` wait for a channel: the oldest go, and are counted.

import type { Delivery, StateLog } from '../history/state-log.js';
import type { ProberClock } from '../prober.js';
import { withinLimit } from '../time-limit.js';
import { type Channel, channelErrorOf } from './channel.js';

export type DeliveryOutcome = 'arrived' | 'failed' | 'givenUp';

interface DeliveriesOptions {
  readonly channels: readonly Channel[];
  readonly clock: ProberClock;
  readonly log: Pick<StateLog, 'noteDelivery' | 'noteArrived'>;
  readonly onOutcome?: (delivery: Delivery, outcome: DeliveryOutcome, code?: string) => void;
}

const tryTimeoutMs = 15_000;
const pausesMs = [1_000, 5_000, 15_000, 60_000, 300_000, 900_000];
const giveUpAfterMs = 86_400_000;
const deliveriesMax = 500;

export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #queues: ReadonlyMap<string, ChannelQueue>;
  readonly #stopping = new AbortController();

  constructor(options: DeliveriesOptions) {
    this.#options = options;
    this.#queues = new Map(
      options.channels.map((channel) => [channel.name, new ChannelQueue(channel, options, this.#stopping.signal)]),
    );
  }

  /** To every channel. */
  send(message: Omit<Delivery, 'channel'>): void {
    for (const [channel, queue] of this.#queues) {
      const delivery = { ...message, channel };
      this.#options.log.noteDelivery(delivery);
      queue.push(delivery);
    }
  }

  /** Those that had not arrived when the watch was ended. A channel that is gone from the configuration is given up. */
  resume(deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      const queue = this.#queues.get(delivery.channel);
      if (queue === undefined) this.#options.log.noteArrived(delivery);
      else queue.push(delivery);
    }
  }

  /** Ends what is under way; what has not arrived stays in the state log. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the watch was stopped'));
    await Promise.all([...this.#queues.values()].map((queue) => queue.ended));
  }
}

class ChannelQueue {
  readonly #channel: Channel;
  readonly #options: DeliveriesOptions;
  readonly #signal: AbortSignal;
  readonly #waiting: Delivery[] = [];
  #running: Promise<void> | undefined;

  constructor(channel: Channel, options: DeliveriesOptions, signal: AbortSignal) {
    this.#channel = channel;
    this.#options = options;
    this.#signal = signal;
  }

  get ended(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  push(delivery: Delivery): void {
    this.#waiting.push(delivery);
    const oldest = this.#waiting.length > deliveriesMax ? this.#waiting.shift() : undefined;
    if (oldest !== undefined) this.#end(oldest, 'givenUp', 'TOO_MANY');
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    for (let failures = 0; !this.#signal.aborted; ) {
      const next = this.#waiting[0];
      if (next === undefined) return;
      const code = await this.#try(next);
      if (this.#signal.aborted && code !== undefined) return;
      const isOld = this.#options.clock.now() - next.at > giveUpAfterMs;
      if (code === undefined || isOld) {
        failures = 0;
        if (this.#waiting[0] === next) this.#waiting.shift();
        this.#end(next, code === undefined ? 'arrived' : 'givenUp', code);
        continue;
      }
      this.#options.onOutcome?.(next, 'failed', code);
      const pauseMs = pausesMs[Math.min(failures, pausesMs.length - 1)] ?? 0;
      failures += 1;
      await this.#options.clock.sleep(pauseMs, this.#signal).catch(() => undefined);
    }
  }

  /** The code of what went wrong; undefined when it arrived. */
  async #try(delivery: Delivery): Promise<string | undefined> {
    let limited: AbortSignal | undefined;
    try {
      await withinLimit({ clock: this.#options.clock, ms: tryTimeoutMs, signal: this.#signal }, (signal) => {
        limited = signal;
        return this.#channel.send(delivery, signal);
      });
      return undefined;
    } catch (error) {
      return channelErrorOf(limited?.aborted === true ? limited.reason : error).code;
    }
  }

  #end(delivery: Delivery, outcome: DeliveryOutcome, code?: string): void {
    this.#options.log.noteArrived(delivery);
    this.#options.onOutcome?.(delivery, outcome, code);
  }
}
