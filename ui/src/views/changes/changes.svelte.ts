// The feed of edits and deletions: filters, pages, what is new since the last look (mass events of it first), what is
// ticked for evidence.

import { asFailure, type ChangeFilter, type ChangeSort, type ChangeView, type EvidenceOf, type Failure, type Ipc, type Seconds } from "../../ipc";

export const PAGE = 60;
const SEEN = "letopis.changes.seen";

/** A row may grow into a mass event under the same id. */
const isSame = (a: ChangeView, b: ChangeView | undefined): boolean => a.id === b?.id && a.count === b.count && a.sort === b.sort;

export type Item = { type: "head"; fresh: boolean } | { type: "row"; row: ChangeView };
export const itemKey = (item: Item): string => (item.type === "head" ? `head:${item.fresh}` : item.row.id);

/** The moment up to which the feed was looked at: a time, nothing of what is in it. */
function lastLook(): Seconds {
  try {
    return Number(localStorage.getItem(SEEN)) || 0;
  } catch {
    return 0;
  }
}

function keepLook(at: Seconds): void {
  try {
    localStorage.setItem(SEEN, String(at));
  } catch {
    // Without storage everything counts as new again: nothing is lost.
  }
}

export class Changes {
  kind = $state<"all" | ChangeSort>("all");
  manager = $state("");
  chat = $state("");
  from = $state<Seconds | null>(null);
  /** The last day asked for is the one before this moment. */
  to = $state<Seconds | null>(null);
  rows = $state.raw<ChangeView[]>([]);
  /** Mass events within what is new: they stand above everything else. */
  top = $state.raw<ChangeView[]>([]);
  next = $state<string | null>(null);
  busy = $state(false);
  answered = $state(false);
  failure = $state.raw<Failure | null>(null);
  /** Counts full replacements of the list. */
  generation = $state(0);
  /** Something has come that is not shown yet. */
  stale = $state(false);
  chosen = $state.raw<ReadonlySet<string>>(new Set());
  /** The row that the keyboard stands on. */
  current = $state<string | null>(null);
  readonly seen = lastLook();
  #ipc: Ipc;
  #asked = 0;
  #extending = false;

  constructor(ipc: Ipc) {
    this.#ipc = ipc;
  }

  filtered = $derived(this.kind !== "all" || this.manager !== "" || this.chat !== "" || this.from !== null || this.to !== null);
  all = $derived([...this.top, ...this.rows.filter((row) => !this.top.some((one) => one.id === row.id))]);
  items = $derived.by((): Item[] => {
    const row = (one: ChangeView): Item => ({ type: "row", row: one });
    const fresh = this.all.filter((one) => one.seenAt > this.seen);
    const old = this.all.filter((one) => one.seenAt <= this.seen);
    if (!this.seen || !fresh.length) return this.all.map(row);
    return [{ type: "head", fresh: true }, ...fresh.map(row), ...(old.length ? [{ type: "head", fresh: false } as Item] : []), ...old.map(row)];
  });
  ticked = $derived(this.all.filter((row) => this.chosen.has(row.id)));
  count = $derived(this.ticked.reduce((sum, row) => sum + row.count, 0));

  #filter(over: Partial<ChangeFilter> = {}): ChangeFilter {
    return {
      kinds: this.kind === "all" ? [] : [this.kind], chats: this.chat ? [this.chat] : [], manager: this.manager || null, from: this.from, to: this.to, ...over,
    };
  }

  async load(): Promise<void> {
    const mine = ++this.#asked;
    this.busy = true;
    try {
      const [page, top] = await Promise.all([this.#ipc.changes(this.#filter(), null, PAGE), this.#mass()]);
      if (mine !== this.#asked) return;
      this.rows = page.rows;
      this.top = top;
      this.next = page.next;
      this.failure = null;
      this.stale = false;
      this.answered = true;
      this.generation++;
      this.chosen = new Set();
      const newest = page.rows[0];
      if (newest && !this.filtered) keepLook(newest.seenAt);
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
    } finally {
      if (mine === this.#asked) this.busy = false;
    }
  }

  /** Mass events that are new, all of them, wherever in the feed they stand. */
  async #mass(): Promise<ChangeView[]> {
    if (this.kind === "edited" || this.kind === "deleted") return [];
    const from = Math.max(this.from ?? 0, this.seen + 1);
    return (await this.#ipc.changes(this.#filter({ kinds: ["mass"], from }), null, PAGE)).rows;
  }

  async more(): Promise<void> {
    const before = this.next;
    if (before === null || this.busy || this.#extending) return;
    const mine = this.#asked;
    this.#extending = true;
    try {
      const page = await this.#ipc.changes(this.#filter(), before, PAGE);
      if (mine !== this.#asked) return;
      const shown = new Set(this.rows.map((row) => row.id));
      this.rows = [...this.rows, ...page.rows.filter((row) => !shown.has(row.id))];
      this.next = page.next;
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
    } finally {
      this.#extending = false;
    }
  }

  /** Looks whether the feed has grown; an untouched list is simply drawn anew. */
  async look(isAtTop: boolean): Promise<void> {
    if (!this.answered || this.busy) return;
    const mine = this.#asked;
    try {
      const newest = (await this.#ipc.changes(this.#filter(), null, 1)).rows[0];
      if (mine !== this.#asked || !newest || isSame(newest, this.rows[0])) return;
      if (isAtTop && !this.chosen.size) await this.load();
      else this.stale = true;
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
    }
  }

  clear(): void {
    this.kind = "all";
    this.manager = this.chat = "";
    this.from = this.to = null;
    void this.load();
  }

  tick(id: string): void {
    const chosen = new Set(this.chosen);
    if (!chosen.delete(id)) chosen.add(id);
    this.chosen = chosen;
  }

  /** What evidence of the ticked rows is asked by. */
  wanted(): EvidenceOf {
    return { links: this.ticked.filter((row) => !row.event).map((row) => row.link), events: this.ticked.flatMap((row) => row.event ?? []) };
  }
}
