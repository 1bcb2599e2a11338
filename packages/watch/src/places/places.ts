// Places: what the other places say, and what we say to them.
//
//   W11. A report counts only when it is of a place that we know, and newer than the one before: a copy of an old one says nothing.
//   W12. One place sends an alert: the first by name of those that are heard, are not cut off, and have channels. It may have been cut
//       off a moment ago, and nobody knows yet: the next one sends it when it does not hear soon that the first has.
import type { Post } from '../alerts/channel.js';
import type { Agreement } from '../configuration/configuration.js';
import { silentAfterMs } from '../defaults.js';
import type { OpenIncident } from '../incident/incident.js';
import type { PlaceReport } from '../incident/verdict.js';
import { type LimitClock, withinLimit } from '../time-limit.js';
import { type HeardCheck, type Report, readReport, reportSchema } from './report.js';

export type Reception = 'accepted' | 'unreadable' | 'unknownPlace' | 'old';

export interface HeardPlace {
  readonly name: string;
  /** Epoch milliseconds; undefined: never. */
  readonly heardAt?: number;
  readonly isHeard: boolean;
}

interface Heard {
  readonly sentAt: number;
  readonly heardAt: number;
  readonly sends: boolean;
  readonly isCutOff: boolean;
  readonly checks: ReadonlyMap<string, HeardCheck>;
}

const reportTimeoutMs = 4_000;

export class Places {
  readonly #agreement: Agreement;
  readonly #own: string;
  readonly #post: Post;
  readonly #clock: LimitClock;
  readonly #heard = new Map<string, Heard>();

  constructor(own: string, agreement: Agreement, { post, clock }: { readonly post: Post; readonly clock: LimitClock }) {
    this.#own = own;
    this.#agreement = agreement;
    this.#post = post;
    this.#clock = clock;
  }

  /** Takes what another place sent. `document` is whatever arrived. */
  receive(document: unknown, now: number): Reception {
    const checked = reportSchema.safeParse(document);
    if (!checked.success) return 'unreadable';
    const report = checked.data;
    const isKnown = report.place !== this.#own && this.#agreement.placeNames.includes(report.place);
    if (!isKnown) return 'unknownPlace';
    const last = this.#heard.get(report.place);
    // A place whose clock was set back is heard again when its last report is old.
    if (last !== undefined && report.sentAt <= last.sentAt && now - last.heardAt < silentAfterMs) return 'old';
    const checks = readReport(report, now);
    this.#heard.set(report.place, {
      sentAt: report.sentAt,
      heardAt: now,
      sends: report.sends,
      isCutOff: [...checks.values()].some(({ report: { status } }) => status === 'cutOff'),
      checks,
    });
    return 'accepted';
  }

  /** What the others say of a check. */
  reportsOf(check: string): PlaceReport[] {
    return [...this.#heard.values()].flatMap(({ checks }) => checks.get(check)?.report ?? []);
  }

  /** The open incident of a check that a place which is heard has told. */
  toldIncident(check: string, now: number): OpenIncident | undefined {
    const heard = [...this.#heard.values()].filter(({ heardAt }) => now - heardAt <= silentAfterMs);
    return heard.map(({ checks }) => checks.get(check)?.open).find((open) => open !== undefined);
  }

  others(now: number): HeardPlace[] {
    return this.#agreement.placeNames
      .filter((name) => name !== this.#own)
      .map((name) => {
        const heardAt = this.#heard.get(name)?.heardAt;
        return { name, heardAt, isHeard: heardAt !== undefined && now - heardAt <= silentAfterMs };
      });
  }

  /** Which places send before this one (W12); undefined: this one never sends. */
  sendersBefore(own: { readonly sends: boolean; readonly isCutOff: boolean }, now: number): string[] | undefined {
    if (!own.sends) return undefined;
    const heard = [...this.#heard]
      .filter(([, { heardAt, sends }]) => sends && now - heardAt <= silentAfterMs)
      .map(([name, { isCutOff }]) => ({ name, isCutOff }));
    const rank = ({ name, isCutOff }: { readonly name: string; readonly isCutOff: boolean }) =>
      `${isCutOff ? 1 : 0}${name}`;
    const self = rank({ name: this.#own, isCutOff: own.isCutOff });
    return heard.filter((place) => rank(place) < self).map(({ name }) => name);
  }

  /** Whether one of `names` was heard after `at`. */
  wasHeardSince(names: readonly string[], at: number): boolean {
    return names.some((name) => (this.#heard.get(name)?.heardAt ?? 0) > at);
  }

  /** To every place that has an address, at once. Resolves with the names of those that did not take it; never rejects. */
  async send(report: Report, signal: AbortSignal): Promise<string[]> {
    const body = JSON.stringify(report);
    const headers = { authorization: `Bearer ${this.#agreement.token ?? ''}`, 'content-type': 'application/json' };
    const failed = await Promise.all(
      this.#agreement.reportTo.map(async ({ name, url }) => {
        try {
          const { status } = await withinLimit({ clock: this.#clock, ms: reportTimeoutMs, signal }, (limited) =>
            this.#post(new URL('/reports', url).href, { headers, body, signal: limited }),
          );
          return status >= 200 && status <= 299 ? [] : [name];
        } catch {
          return [name];
        }
      }),
    );
    return failed.flat();
  }
}
