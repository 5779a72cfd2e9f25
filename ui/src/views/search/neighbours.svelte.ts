// The messages around a hit, with what to mark in them. Whoever walks the hits quickly is not followed step by step.

import { asFailure, type Failure, type Hit, type Ipc, type MessageView, type Range } from "../../ipc";

const PAUSE_MS = 150;
const AROUND = 15;

export interface Shown {
  message: MessageView;
  marks: Range[];
}

export class Neighbours {
  shown = $state.raw<Shown[]>([]);
  /** The earlier version that matched, when the current text did not. */
  earlier = $state.raw<{ text: string; marks: Range[] } | null>(null);
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);
  #ipc: Ipc;
  #asked = 0;

  constructor(ipc: Ipc) {
    this.#ipc = ipc;
  }

  /** Gives what stops the asking. */
  show(hit: Hit | null, query: string): () => void {
    const mine = ++this.#asked;
    if (!hit) {
      this.shown = [];
      return () => undefined;
    }
    const timer = setTimeout(() => void this.#load(hit, query, mine), PAUSE_MS);
    return () => clearTimeout(timer);
  }

  async #load(hit: Hit, query: string, mine: number): Promise<void> {
    this.busy = true;
    try {
      const { link, chat } = hit.message;
      const page = await this.#ipc.messages(chat, { at: "around", link }, AROUND);
      const versions = hit.version > 0 ? await this.#ipc.versions(link) : [];
      const earlier = versions.find((one) => one.number === hit.version)?.text ?? null;
      const texts = [...page.messages.map((message) => message.text), earlier ?? ""];
      const marks = await this.#ipc.searchMarks(query, texts);
      if (mine !== this.#asked) return;
      this.shown = page.messages.map((message, i) => ({ message, marks: marks[i] ?? [] }));
      this.earlier = earlier === null ? null : { text: earlier, marks: marks.at(-1) ?? [] };
      this.failure = null;
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
    } finally {
      if (mine === this.#asked) this.busy = false;
    }
  }
}
