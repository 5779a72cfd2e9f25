// The messages of one chat around a place: a window of at most two thousand rows that moves as the reader scrolls. The
// component draws `rows` and goes to `place`; nothing here knows about pixels.

import { tick } from "svelte";
import { asFailure, type Anchor, type Failure, type Ipc, type MessageView } from "../../ipc";

export const PAGE = 100;
export const WINDOW = 2000;

/** A row to bring into sight. `serial` makes the same row twice two requests; `loud` rows flash. */
export interface Place {
  link: string;
  align: "start" | "center" | "end";
  loud: boolean;
  serial: number;
}

/** Where the keyboard stood when a place was left. */
export interface Left {
  cursor: string | null;
}

export class Reader {
  chat = $state<string | null>(null);
  rows = $state.raw<MessageView[]>([]);
  hasBefore = $state(false);
  hasAfter = $state(false);
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);
  /** True while rows come to or go from the start of `rows`. */
  shift = $state(false);
  /** Counts full replacements of `rows`: a new list, nothing to keep of the old one. */
  generation = $state(0);
  place = $state.raw<Place | null>(null);
  /** The message that the keyboard stands on. */
  cursor = $state<string | null>(null);
  #ipc: Ipc;
  #asked = 0;
  #extending = false;
  /** The archive grew while rows were being read. */
  #stale = false;
  #serial = 0;
  #again: (() => Promise<void>) | null = null;

  constructor(ipc: Ipc) {
    this.#ipc = ipc;
  }

  /** Opens a chat at a message or at its end; with `left`, back where the reader once stood: no flash, its top row on top. */
  async open(chat: string, link: string | null, left: Left | null = null): Promise<void> {
    if (chat !== this.chat) {
      this.rows = [];
      this.failure = this.cursor = this.place = null;
    }
    this.chat = chat;
    if (link && this.#has(link)) {
      this.#asked++;
      this.busy = false;
      this.failure = null;
      return this.#arrive(link, left);
    }
    await this.#load(link ? { at: "around", link } : { at: "last" }, left);
  }

  #arrive(link: string, left: Left | null): void {
    this.#stand(link, left ? "start" : "center", !left);
    if (left?.cursor && this.#has(left.cursor)) this.cursor = left.cursor;
  }

  async jump(link: string): Promise<void> {
    if (this.#has(link)) return this.#stand(link, "center", true);
    await this.#load({ at: "around", link });
  }

  async first(): Promise<void> {
    const row = this.rows[0];
    if (row && !this.hasBefore) return this.#stand(row.link, "start", false);
    await this.#load({ at: "first" });
  }

  async last(): Promise<void> {
    const row = this.rows.at(-1);
    if (row && !this.hasAfter) return this.#stand(row.link, "end", false);
    await this.#load({ at: "last" });
  }

  async date(atSeconds: number): Promise<void> {
    await this.#load({ at: "date", atSeconds });
  }

  async retry(): Promise<void> {
    await this.#again?.();
  }

  /** Moves the keyboard's place by `step` messages. */
  move(step: 1 | -1): void {
    const at = this.rows.findIndex((row) => row.link === this.cursor);
    const next = this.rows[at < 0 ? this.rows.length - 1 : at + step];
    if (next) this.cursor = next.link;
  }

  close(): void {
    this.#asked++;
    this.chat = this.cursor = this.place = this.failure = null;
    this.rows = [];
  }

  #has(link: string): boolean {
    return this.rows.some((row) => row.link === link);
  }

  #stand(link: string, align: Place["align"], loud: boolean): void {
    this.cursor = link;
    this.place = { link, align, loud, serial: ++this.#serial };
  }

  async #load(anchor: Anchor, left: Left | null = null): Promise<void> {
    const chat = this.chat;
    if (!chat) return;
    const mine = ++this.#asked;
    this.#again = () => this.#load(anchor, left);
    this.busy = true;
    try {
      const page = await this.#ipc.messages(chat, anchor, PAGE);
      if (mine !== this.#asked) return;
      this.failure = null;
      this.rows = page.messages;
      this.hasBefore = page.hasBefore;
      this.hasAfter = page.hasAfter;
      this.generation++;
      this.#standAfter(anchor, page.focus, left);
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
    } finally {
      if (mine === this.#asked) this.busy = false;
    }
  }

  #standAfter(anchor: Anchor, focus: string | null, left: Left | null): void {
    const first = this.rows[0];
    const last = this.rows.at(-1);
    if (!first || !last) return;
    if (anchor.at === "first") this.#stand(first.link, "start", false);
    else if (anchor.at === "last" || !focus) this.#stand(last.link, "end", false);
    else this.#arrive(focus, left);
  }

  async before(): Promise<void> {
    const edge = this.rows[0];
    if (!edge || !this.hasBefore) return;
    await this.#extend({ at: "before", link: edge.link }, async (rows, more) => {
      this.hasBefore = more;
      await this.#atStart([...rows, ...this.rows]);
      if (this.rows.length > WINDOW) {
        this.rows = this.rows.slice(0, WINDOW);
        this.hasAfter = true;
      }
    });
  }

  async after(): Promise<void> {
    const edge = this.rows.at(-1);
    if (!edge || !this.hasAfter) return;
    await this.#extend({ at: "after", link: edge.link }, async (rows, _, more) => {
      this.hasAfter = more;
      this.rows = [...this.rows, ...rows];
      await tick();
      if (this.rows.length > WINDOW) {
        await this.#atStart(this.rows.slice(-WINDOW));
        this.hasBefore = true;
      }
    });
  }

  /** The archive has grown: what stands here is read anew, and what came at the end is added. `follow`: the reader stands
   * at the end and goes with it. What is being looked at keeps its place. */
  async refresh(follow: boolean): Promise<void> {
    const [chat, first] = [this.chat, this.rows[0]];
    if (!chat || this.busy) return;
    if (!first) return this.#load({ at: "last" });
    if (this.#extending) return void (this.#stale = true);
    const newest = this.rows.at(-1)?.link;
    const whole = this.hasAfter ? this.rows.length : WINDOW;
    await this.#extend({ at: "around", link: first.link }, async (around, before) => {
      const at = around.findIndex((row) => row.link === first.link);
      const rows = [around[at] ?? first];
      let more = true;
      while (more && rows.length < whole) {
        const page = await this.#ipc.messages(chat, { at: "after", link: (rows.at(-1) ?? first).link }, Math.min(PAGE, whole - rows.length));
        if (this.chat !== chat) return;
        rows.push(...page.messages);
        more = page.hasAfter && page.messages.length > 0;
      }
      // The reader went elsewhere meanwhile: nothing of this is wanted.
      if (this.rows[0]?.link !== first.link) return;
      this.hasBefore = at > 0 || before;
      this.hasAfter = more;
      this.rows = rows;
      const last = rows.at(-1)?.link;
      if (follow && last && last !== newest) this.place = { link: last, align: "end", loud: false, serial: ++this.#serial };
    }, 3);
    if (!this.#stale) return;
    this.#stale = false;
    await this.refresh(follow);
  }

  async #atStart(rows: MessageView[]): Promise<void> {
    this.shift = true;
    this.rows = rows;
    await tick();
    this.shift = false;
    await tick();
  }

  async #extend(anchor: Anchor, take: (rows: MessageView[], before: boolean, after: boolean) => Promise<void>, limit = PAGE): Promise<void> {
    const chat = this.chat;
    if (!chat || this.#extending || this.busy) return;
    const mine = this.#asked;
    this.#extending = true;
    try {
      const page = await this.#ipc.messages(chat, anchor, limit);
      if (mine === this.#asked) await take(page.messages, page.hasBefore, page.hasAfter);
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
    } finally {
      this.#extending = false;
    }
  }
}
