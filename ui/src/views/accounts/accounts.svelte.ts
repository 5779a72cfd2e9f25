// The screen of accounts: which one is looked at, and whether somebody is being added.

import { asFailure, type AccountView, type LoginView, type Scan, type ScopeRule } from "../../ipc";
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

/** What is chosen as work: folders and chats of one account. */
export class Choosing {
  folders = $state<number[]>([]);
  chats = $state<string[]>([]);
  withPrivate = $state(false);
  days = $state("90");

  constructor(account: AccountView) {
    this.folders = account.scope.flatMap((rule) => (rule.allow && rule.folder !== null ? [rule.folder] : []));
    this.chats = account.scope.flatMap((rule) => (rule.allow && rule.chat !== null ? [rule.chat] : []));
    this.withPrivate = account.scope.some((rule) => rule.withPrivate);
    if (account.scope.length) this.days = account.fillDays === null ? "" : String(account.fillDays);
  }

  get isEmpty(): boolean {
    return this.folders.length + this.chats.length === 0;
  }

  rules(scan: Scan): ScopeRule[] {
    const folder = (id: number): ScopeRule => ({ folder: id, chat: null, title: scan.folders.find((f) => f.id === id)?.title ?? "", allow: true, withPrivate: this.withPrivate });
    const chat = (id: string): ScopeRule => ({ folder: null, chat: id, title: scan.chats.find((c) => c.chat === id)?.title ?? "", allow: true, withPrivate: false });
    return [...this.folders.map(folder), ...this.chats.map(chat)];
  }

  get fillDays(): number | null {
    return this.days === "" ? null : Number(this.days);
  }
}
