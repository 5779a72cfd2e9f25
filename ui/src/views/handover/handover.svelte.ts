// The path from "who leaves" to a sealed file: choose, read and edit the draft, seal. The draft lives here and nowhere else
// until it is written, so that a step back loses nothing.

import { asFailure, type ChatRow, type Failure, type HandoverDraft, type HandoverFile, type Ipc } from "../../ipc";
import { language } from "../../text/index.svelte";
import { Job } from "../../state/job.svelte";

export type Step = "choose" | "draft" | "seal" | "done";

export class Handover {
  step = $state<Step>("choose");
  manager = $state("");
  chats = $state<string[]>([]);
  months = $state<"1" | "2" | "3">("2");
  draft = $state<HandoverDraft | null>(null);
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);
  readonly job = new Job<HandoverFile>();
  /** What would throw an edited draft away and waits for a word from whoever edited it. */
  asking = $state.raw<(() => void) | null>(null);
  #ipc: Ipc;
  #asked = 0;
  /** What the draft was made of, and how it looked then. */
  #basis = $state("");
  #untouched = $state("");

  constructor(ipc: Ipc) {
    this.#ipc = ipc;
  }

  /** All chats of the manager are chosen to begin with. */
  choose(manager: string, chats: readonly ChatRow[]): void {
    this.manager = manager;
    this.chats = chats.filter((chat) => chat.managers.includes(manager)).map((chat) => chat.id);
  }

  #wanted(): string {
    return JSON.stringify([this.manager, [...this.chats].sort(), this.months]);
  }

  /** Whether the draft is of what is chosen now: going forward finds it as it was left. */
  get kept(): boolean {
    return this.draft !== null && this.#basis === this.#wanted();
  }

  /** Whether words would be lost with the draft. */
  get edited(): boolean {
    return this.draft !== null && this.step !== "done" && (this.job.running || JSON.stringify(this.draft) !== this.#untouched);
  }

  /** Does what replaces the draft; asks first if the draft was edited. */
  guard(work: () => void): void {
    if (this.edited) this.asking = work;
    else work();
  }

  /** The answer to the question: throw the draft away, or leave all as it is. */
  answer(discard: boolean): void {
    const work = this.asking;
    this.asking = null;
    if (discard) work?.();
  }

  async prepare(): Promise<void> {
    const mine = ++this.#asked;
    const basis = this.#wanted();
    this.busy = true;
    this.failure = null;
    try {
      const draft = await this.#ipc.handoverDraft({ manager: this.manager, chats: [...this.chats], months: Number(this.months) });
      // Something else is chosen by now: a draft of the old choice is of no use.
      if (mine !== this.#asked || basis !== this.#wanted()) return;
      this.draft = draft;
      this.#basis = basis;
      this.#untouched = JSON.stringify(draft);
      this.step = "draft";
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
    } finally {
      if (mine === this.#asked) this.busy = false;
    }
  }

  move(index: number, by: 1 | -1): void {
    const clients = this.draft?.clients;
    const moved = clients?.[index];
    const other = clients?.[index + by];
    if (!clients || !moved || !other) return;
    clients[index] = other;
    clients[index + by] = moved;
  }

  async seal(passphrase: string, file: string): Promise<void> {
    if (!this.draft) return;
    const draft = $state.snapshot(this.draft) as HandoverDraft;
    const made = await this.job.run((onProgress) => this.#ipc.handoverWrite(draft, passphrase, file, language.current, onProgress));
    if (made) this.step = "done";
  }

  restart(): void {
    if (this.job.running) this.job.cancel(this.#ipc);
    this.job.reset();
    this.#asked++;
    this.busy = false;
    this.draft = null;
    this.failure = null;
    this.step = "choose";
  }
}
