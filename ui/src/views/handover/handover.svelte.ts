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
  #ipc: Ipc;

  constructor(ipc: Ipc) {
    this.#ipc = ipc;
  }

  /** All chats of the manager are chosen to begin with. */
  choose(manager: string, chats: readonly ChatRow[]): void {
    this.manager = manager;
    this.chats = chats.filter((chat) => chat.managers.includes(manager)).map((chat) => chat.id);
  }

  async prepare(): Promise<void> {
    this.busy = true;
    this.failure = null;
    try {
      this.draft = await this.#ipc.handoverDraft({ manager: this.manager, chats: this.chats, months: Number(this.months) });
      this.step = "draft";
    } catch (thrown) {
      this.failure = asFailure(thrown);
    } finally {
      this.busy = false;
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
    this.job.reset();
    this.draft = null;
    this.failure = null;
    this.step = "choose";
  }
}
