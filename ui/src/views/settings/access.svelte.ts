// The access log in pages, newest first, by action.

import { asFailure, type AccessRow, type Failure, type Ipc } from "../../ipc";

export const PAGE = 100;
export const ACTIONS = [
  "opened-chat", "searched", "evidence", "handover", "backup", "exported", "erased", "placed-hold", "lifted-hold", "set-retention", "verified", "changed-keys",
  "unlocked", "sent-to-model",
] as const;
export type Action = (typeof ACTIONS)[number];

export class AccessLog {
  action = $state<"" | Action>("");
  rows = $state.raw<AccessRow[]>([]);
  next = $state<number | null>(null);
  answered = $state(false);
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);
  generation = $state(0);
  #ipc: Ipc;
  #asked = 0;
  #extending = false;

  constructor(ipc: Ipc) {
    this.#ipc = ipc;
  }

  #actions(): string[] {
    return this.action ? [this.action] : [];
  }

  async load(): Promise<void> {
    const mine = ++this.#asked;
    this.busy = true;
    try {
      const page = await this.#ipc.accessLog(this.#actions(), null, PAGE);
      if (mine !== this.#asked) return;
      this.rows = page.rows;
      this.next = page.next;
      this.failure = null;
      this.answered = true;
      this.generation++;
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
    } finally {
      if (mine === this.#asked) this.busy = false;
    }
  }

  async more(): Promise<void> {
    const before = this.next;
    if (before === null || this.busy || this.#extending) return;
    const mine = this.#asked;
    this.#extending = true;
    try {
      const page = await this.#ipc.accessLog(this.#actions(), before, PAGE);
      if (mine !== this.#asked) return;
      this.rows = [...this.rows, ...page.rows];
      this.next = page.next;
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
    } finally {
      this.#extending = false;
    }
  }
}
