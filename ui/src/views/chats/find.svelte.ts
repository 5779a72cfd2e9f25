// What is found inside the open chat: one hit at a time with its number, and the marks of the messages that are in sight.
// Hits are asked for one by one as they are walked; the window never holds a list of them.

import { getContext, setContext } from "svelte";
import { asFailure, type Failure, type InChat, type Ipc, type MarkedMessage, type Range, type SearchFilter, type Way } from "../../ipc";

/** A search as it was asked. */
export interface Wanted {
  query: string;
  filter: SearchFilter;
}

const PAUSE_MS = 120;
/** Messages whose marks are asked for at once. */
const BATCH = 200;
const NO_MARKS: Range[] = [];

const isNarrowed = (filter: SearchFilter): boolean => Object.values(filter).some((value) => (Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined));

export class Find {
  shown = $state(false);
  /** The words are typed here; otherwise a search has brought them. */
  typing = $state(false);
  query = $state("");
  found = $state.raw<InChat | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** What `found` and the marks answer. */
  asked = $state.raw<Wanted | null>(null);
  /** Asks the bar to take the focus; counts requests. */
  focus = $state(0);
  marked = $state.raw<ReadonlyMap<string, MarkedMessage>>(new Map());
  #ipc: Ipc;
  #go: (link: string, first: boolean) => void;
  #chat = "";
  /** Where the reader stood when it began. */
  #from: string | null = null;
  #moved = false;
  #question = 0;
  #looked = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn: Promise<void> = Promise.resolve();

  /** `go` brings the reader to a hit; `first` says that it has stood where it was until now. */
  constructor(ipc: Ipc, go: (link: string, first: boolean) => void) {
    this.#ipc = ipc;
    this.#go = go;
  }

  narrowed = $derived(this.asked !== null && isNarrowed(this.asked.filter));

  /** A hit of a search is opened: the others of its chat are at hand. */
  begin(chat: string, wanted: Wanted, link: string): void {
    this.#start(chat, link);
    this.typing = false;
    this.query = wanted.query;
    this.#moved = true;
    this.#ask(wanted, link, false);
  }

  /** Opens the field, or comes back to it; what a search has brought can be typed on. */
  type(chat: string, from: string | null): void {
    if (this.shown && this.#chat === chat) {
      this.typing = true;
      this.focus++;
      return;
    }
    this.#start(chat, from);
    this.typing = true;
    this.query = this.query.trim();
    if (this.query) this.typed();
  }

  typed(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#answer(), PAUSE_MS);
  }

  /** Goes to a hit beside the one that is shown. Steps follow one another, however quickly they are asked for. */
  step(way: Way): void {
    const wanted = this.asked;
    if (wanted) this.#queue(() => this.#look(wanted, this.found?.link ?? this.#from, way, true));
  }

  /** The archive has grown: numbers and marks are asked for anew, the reader stays. It is the same question still: a step
   * that is on its way arrives. */
  refresh(): void {
    const wanted = this.asked;
    if (!this.shown || !wanted) return;
    this.#looked.clear();
    this.asked = { ...wanted };
    this.#queue(() => this.#look(wanted, this.found?.link ?? this.#from, "here", false));
  }

  close(): void {
    this.#forget();
    this.shown = false;
  }

  marksOf(link: string, version = 0): Range[] {
    return this.marked.get(link)?.texts.find((text) => text.version === version)?.marks ?? NO_MARKS;
  }

  nameMarksOf(link: string): Range[] {
    return this.marked.get(link)?.fileName ?? NO_MARKS;
  }

  /** Asks what to mark in messages that came into the reader. */
  mark(links: readonly string[]): void {
    const wanted = this.asked;
    if (!wanted) return;
    const fresh = links.filter((link) => !this.#looked.has(link));
    for (const link of fresh) this.#looked.add(link);
    for (let at = 0; at < fresh.length; at += BATCH) void this.#mark(wanted, fresh.slice(at, at + BATCH));
  }

  #start(chat: string, from: string | null): void {
    this.#forget();
    this.#chat = chat;
    this.#from = from;
    this.#moved = false;
    this.shown = true;
    this.focus++;
  }

  #forget(): void {
    this.#question++;
    clearTimeout(this.#timer);
    this.asked = this.found = this.failure = null;
    this.marked = new Map();
    this.#looked.clear();
  }

  #answer(): void {
    const query = this.query;
    if (!query.trim()) return this.#forget();
    this.#ask({ query, filter: {} }, this.#from, true);
  }

  #ask(wanted: Wanted, from: string | null, goes: boolean): void {
    this.#question++;
    this.#looked.clear();
    this.asked = { ...wanted };
    // What is on its way for other words is not waited for.
    this.#turn = Promise.resolve();
    this.#queue(() => this.#look(wanted, from, "here", goes));
  }

  #queue(look: () => Promise<void>): void {
    const mine = this.#question;
    this.#turn = this.#turn.then(() => (mine === this.#question ? look() : undefined));
  }

  async #look(wanted: Wanted, from: string | null, way: Way, goes: boolean): Promise<void> {
    const mine = this.#question;
    try {
      const found = await this.#ipc.searchInChat(wanted.query, wanted.filter, this.#chat, from, way);
      if (mine !== this.#question) return;
      this.failure = null;
      this.found = found;
      if (!goes || !found.link) return;
      this.#go(found.link, !this.#moved);
      this.#moved = true;
    } catch (thrown) {
      if (mine !== this.#question) return;
      this.failure = asFailure(thrown);
      this.found = null;
    }
  }

  async #mark(wanted: Wanted, links: string[]): Promise<void> {
    const mine = this.#question;
    try {
      const hits = await this.#ipc.searchMarks(wanted.query, wanted.filter, links);
      if (mine !== this.#question) return;
      const marked = new Map(this.marked);
      for (const link of links) marked.delete(link);
      for (const hit of hits) marked.set(hit.link, hit);
      this.marked = marked;
    } catch (thrown) {
      if (mine === this.#question) this.failure = asFailure(thrown);
    }
  }
}

const KEY = Symbol("find");
export const provideFind = (find: Find): Find => setContext(KEY, find);
export const useFind = (): Find => getContext<Find>(KEY);
