// The messages around a hit, with what to mark in them. Whoever walks the hits quickly is not followed step by step.

import { asFailure, type Failure, type Hit, type Ipc, type MessageView, type Range, type SearchFilter } from "../../ipc";

const PAUSE_MS = 150;
const AROUND = 15;

export interface Shown {
  message: MessageView;
  marks: Range[];
  /** In the name of the file it carries. */
  nameMarks: Range[];
}

/** What the hit answers. */
interface Asked {
  query: string;
  filter: SearchFilter;
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
  show(hit: Hit | null, asked: Asked): () => void {
    const mine = ++this.#asked;
    if (!hit) {
      this.shown = [];
      return () => undefined;
    }
    const timer = setTimeout(() => void this.#load(hit, asked, mine), PAUSE_MS);
    return () => clearTimeout(timer);
  }

  async #load(hit: Hit, asked: Asked, mine: number): Promise<void> {
    this.busy = true;
    try {
      const { link, chat } = hit.message;
      const page = await this.#ipc.messages(chat, { at: "around", link }, AROUND);
      const versions = hit.version > 0 ? await this.#ipc.versions(link) : [];
      const earlier = versions.find((one) => one.number === hit.version)?.text ?? null;
      const hits = await this.#ipc.searchMarks(asked.query, asked.filter, page.messages.map((message) => message.link));
      if (mine !== this.#asked) return;
      const found = (of: string) => hits.find((one) => one.link === of);
      const marks = (of: string, version = 0) => found(of)?.texts.find((text) => text.version === version)?.marks ?? [];
      this.shown = page.messages.map((message) => ({ message, marks: marks(message.link), nameMarks: found(message.link)?.fileName ?? [] }));
      this.earlier = earlier === null ? null : { text: earlier, marks: marks(link, hit.version) };
      this.failure = null;
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
    } finally {
      if (mine === this.#asked) this.busy = false;
    }
  }
}
