// The screen of accounts: which one is looked at, and whether somebody is being added.

import { asFailure, type AccountView, type ChatCoverage, type GapReason, type Interval, type LoginView, type Scan, type ScanChat, type ScopeRule, type Seconds } from "../../ipc";
import type { App } from "../../state/app.svelte";

/** Adding an account, step by step; the shell keeps what must survive a restart. */
export class Adding {
  readonly #app: App;
  view = $state.raw<LoginView>({ step: "none" });
  failure = $state("");
  busy = $state(false);
  /** Ended: late answers are dropped. */
  #gone = false;

  constructor(app: App) {
    this.#app = app;
  }

  /** Takes a step; a refusal leaves everything as it was. */
  async take(step: () => Promise<LoginView>): Promise<void> {
    this.busy = true;
    this.failure = "";
    try {
      const view = await step();
      if (!this.#gone) this.view = view;
    } catch (thrown) {
      if (!this.#gone) this.failure = asFailure(thrown).text;
    } finally {
      this.busy = false;
    }
    if (this.view.step === "done") this.#app.accountsChanged();
  }

  resume(): Promise<void> {
    return this.take(() => this.#app.ipc.loginState());
  }

  /** Asks again and again whether the code was scanned; each answer may be a fresh code. */
  async watch(): Promise<void> {
    while (!this.#gone && this.view.step === "qr" && !this.failure) await this.take(() => this.#app.ipc.loginScanned());
  }

  async cancel(): Promise<void> {
    this.#gone = true;
    await this.#app.ipc.loginCancel().catch((thrown: unknown) => this.#app.say(asFailure(thrown).text));
  }

  leave(): void {
    this.#gone = true;
  }
}

/** What is chosen as work: folders and chats of one account, and chats taken out of a chosen folder. */
export class Choosing {
  folders = $state<number[]>([]);
  chats = $state<string[]>([]);
  excluded = $state<string[]>([]);
  withPrivate = $state(false);
  days = $state("90");

  constructor(account: AccountView) {
    this.folders = account.scope.flatMap((rule) => (rule.allow && rule.folder !== null ? [rule.folder] : []));
    this.chats = account.scope.flatMap((rule) => (rule.allow && rule.chat !== null ? [rule.chat] : []));
    this.excluded = account.scope.flatMap((rule) => (!rule.allow && rule.chat !== null ? [rule.chat] : []));
    this.withPrivate = account.scope.some((rule) => rule.withPrivate);
    if (account.scope.length) this.days = account.fillDays === null ? "" : String(account.fillDays);
  }

  get isEmpty(): boolean {
    return this.folders.length + this.chats.length === 0;
  }

  /** A chosen folder holds it; private chats only where that was said. */
  byFolder(chat: ScanChat): boolean {
    return (!chat.isPrivate || this.withPrivate) && chat.folders.some((folder) => this.folders.includes(folder));
  }

  holds(chat: ScanChat): boolean {
    return !this.excluded.includes(chat.chat) && (this.chats.includes(chat.chat) || this.byFolder(chat));
  }

  toggle(chat: ScanChat): void {
    const without = (list: string[]) => list.filter((one) => one !== chat.chat);
    if (this.holds(chat)) {
      this.chats = without(this.chats);
      if (this.byFolder(chat)) this.excluded = [...this.excluded, chat.chat];
    } else {
      this.excluded = without(this.excluded);
      if (!this.byFolder(chat)) this.chats = [...this.chats, chat.chat];
    }
  }

  toggleFolder(id: number): void {
    this.folders = this.folders.includes(id) ? this.folders.filter((one) => one !== id) : [...this.folders, id];
  }

  rules(scan: Scan): ScopeRule[] {
    const folder = (id: number): ScopeRule => ({ folder: id, chat: null, title: scan.folders.find((f) => f.id === id)?.title ?? "", allow: true, withPrivate: this.withPrivate });
    const chat = (allow: boolean) => (id: string): ScopeRule => ({ folder: null, chat: id, title: scan.chats.find((c) => c.chat === id)?.title ?? "", allow, withPrivate: false });
    return [...this.folders.map(folder), ...this.chats.map(chat(true)), ...this.excluded.map(chat(false))];
  }

  get fillDays(): number | null {
    return this.days === "" ? null : Number(this.days);
  }
}

/** A shorter break between two stretches of listening is a reconnection. */
const HOLE = 60;

/** Times in which nobody listened, the newest first. */
export function holes(spans: Interval[]): Interval[] {
  const between = spans.slice(1).map((span, i) => ({ from: spans[i]?.to ?? span.from, to: span.from }));
  return between.filter((hole) => hole.to - hole.from >= HOLE).reverse();
}

/** Stretches of listening; a short break within is none, and who listens now has listened until now. */
export function listened(account: AccountView, now: Seconds): Interval[] {
  const whole: Interval[] = [];
  for (const span of account.spans) {
    const last = whole.at(-1);
    if (last && span.from - last.to < HOLE) whole[whole.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else whole.push({ ...span });
  }
  const last = whole.at(-1);
  if (last && account.state === "live") last.to = Math.max(last.to, now);
  return whole;
}

/** A piece of a chat's time and what is known of it. */
export interface Stretch extends Interval {
  kind: "none" | "read" | "live" | "gap";
  /** Of a gap, where the archive knows it. */
  why: GapReason | null;
}

/** A chat's time, from the first moment of which something is known or wanted, in the order of drawing: gaps lie above. */
export function stretches(chat: ChatCoverage, heard: Interval[], now: Seconds): Stretch[] {
  const begin = Math.min(chat.filledTo ?? chat.joinedAt, chat.fillSince || chat.joinedAt, chat.joinedAt, now - 60);
  const end = chat.isGone ? (chat.watchedTo ?? chat.joinedAt) : now;
  const piece = (kind: Stretch["kind"], from: Seconds, to: Seconds, why: GapReason | null = null): Stretch => ({ kind, from, to, why });
  const known = [
    ...(chat.filledTo === null ? [] : [piece("read", chat.filledTo, chat.joinedAt)]),
    ...heard.map((span) => piece("live", Math.max(span.from, chat.joinedAt), Math.min(span.to, end))),
    ...holes(heard).reverse().map((hole) => piece("gap", Math.max(hole.from, chat.joinedAt), Math.min(hole.to, end), "offline")),
    ...chat.gaps.map((gap) => piece("gap", Math.max(gap.from, begin), gap.to, gap.why)),
    ...(chat.lostSince === null ? [] : [piece("gap", Math.max(chat.lostSince, begin), now, chat.lostWhy)]),
  ].filter((one) => one.to > one.from);
  return [...unknown(known, begin, now).map((one) => piece("none", one.from, one.to)), ...known];
}

/** What no piece covers. */
function unknown(known: Interval[], begin: Seconds, end: Seconds): Interval[] {
  const bare: Interval[] = [];
  let at = begin;
  for (const one of known.toSorted((a, b) => a.from - b.from)) {
    if (one.from - at >= HOLE) bare.push({ from: at, to: one.from });
    at = Math.max(at, one.to);
  }
  if (end - at >= HOLE) bare.push({ from: at, to: end });
  return bare;
}

/** How many chats are still read back, and how far all of them are; by time, because messages are not counted before. */
export function backFill(chats: ChatCoverage[]): { chats: number; share: number } | null {
  const wanted = chats.filter((chat) => chat.fillSince !== null && !chat.isGone);
  const owed = wanted.filter((chat) => !chat.fillDone);
  if (!owed.length) return null;
  const share = (chat: ChatCoverage) => {
    const whole = chat.joinedAt - (chat.fillSince ?? chat.joinedAt);
    return chat.fillDone || whole <= 0 ? 1 : Math.min(1, Math.max(0, (chat.joinedAt - (chat.filledTo ?? chat.joinedAt)) / whole));
  };
  return { chats: owed.length, share: wanted.reduce((sum, chat) => sum + share(chat), 0) / wanted.length };
}

/** How long it takes still, from how it went since it was looked at first. */
export class Pace {
  #first: { at: Seconds; share: number } | null = null;

  left(share: number, now: Seconds): Seconds | null {
    this.#first ??= { at: now, share };
    const done = share - this.#first.share;
    const spent = now - this.#first.at;
    return done > 0.01 && spent >= 20 ? Math.round((spent * (1 - share)) / done) : null;
  }
}
