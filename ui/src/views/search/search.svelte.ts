// A search as it is typed: debounced, late answers dropped, more hits fetched as the list is scrolled. Hits come first; how
// many there are in all and of what they are made up is counted meanwhile.

import { asFailure, type Chip, type Drop, type Facet, type Facets, type Failure, type Hit, type Instead, type Ipc, type SearchFilter, type Sort } from "../../ipc";

export type Filter = Required<SearchFilter>;
export type ListFacet = "managers" | "chats" | "senders" | "kinds";
export const LIST_FACETS: ListFacet[] = ["managers", "chats", "senders", "kinds"];

const PAGE = 60;
const PAUSE_MS = 120;
const LATE_MS = 300;

export const noFilter = (): Filter => ({
  managers: [], chats: [], senders: [], from: null, to: null, kinds: [], deleted: null, edited: null, direction: null,
});

export const hitKey = (hit: Hit): string => `${hit.message.link}#${hit.version}`;

interface Question {
  query: string;
  filter: Filter;
  sort: Sort;
}

export class Search {
  query = $state("");
  filter = $state.raw<Filter>(noFilter());
  sort = $state<Sort>("relevance");
  grouped = $state(false);
  /** `null` while it is being counted. */
  total = $state<number | null>(null);
  hits = $state.raw<Hit[]>([]);
  facets = $state.raw<Facets | null>(null);
  chips = $state.raw<Chip[]>([]);
  instead = $state.raw<Instead | null>(null);
  drops = $state.raw<Drop[]>([]);
  covered = $state<number | null>(null);
  failure = $state.raw<Failure | null>(null);
  busy = $state(false);
  /** The answer lets itself be waited for. To dim the whole list at each letter would only cost frames. */
  late = $state(false);
  /** Whether there is an answer to show: false before the first question. */
  answered = $state(false);
  selected = $state(0);
  /** What the hits answer. */
  question = $state.raw<Question>({ query: "", filter: this.filter, sort: "relevance" });
  /** Counts new questions: the list starts from its top. */
  generation = $state(0);
  #ipc: Ipc;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #extending = false;
  /** How many of its answers have come. */
  #taken = 0;
  #ended = true;
  /** Labels of values seen in facets: a chosen value keeps its name when nothing matches it any more. */
  #labels = new Map<string, string>();

  constructor(ipc: Ipc) {
    this.#ipc = ipc;
  }

  filtered = $derived(
    LIST_FACETS.some((name) => this.filter[name]?.length) ||
      [this.filter.from, this.filter.to, this.filter.deleted, this.filter.edited, this.filter.direction].some((value) => value !== null),
  );

  /** The hits as they are listed: one after another, or those of a chat together. */
  rows = $derived(this.grouped ? byChat(this.hits) : this.hits);

  /** The hits answer something else than what stands in the field. */
  pending = $derived(this.query !== this.question.query || this.filter !== this.question.filter || this.sort !== this.question.sort);

  /** What stands in the field got no answer: what is shown is the answer before. */
  outdated = $derived(this.failure !== null && this.pending);

  /** Waits for a pause in typing; answers to what stood there before are of no use. */
  typed(): void {
    this.#asked++;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.run(), PAUSE_MS);
  }

  change(part: Partial<Filter>): void {
    this.filter = { ...this.filter, ...part };
    void this.run();
  }

  ask(part: Partial<Question>): void {
    if (part.query !== undefined) this.query = part.query;
    if (part.filter) this.filter = { ...noFilter(), ...part.filter };
    if (part.sort) this.sort = part.sort;
    void this.run();
  }

  toggle(name: ListFacet, value: string): void {
    const chosen = this.filter[name] ?? [];
    this.change({ [name]: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value] });
  }

  clear(): void {
    this.filter = noFilter();
    void this.run();
  }

  /** Takes an operator out of the query. */
  unchip(chip: Chip): void {
    const chars = Array.from(this.query);
    const rest = [...chars.slice(0, chip.start), ...chars.slice(chip.start + chip.len)].join("");
    this.ask({ query: rest.replace(/\s+/g, " ").trim() });
  }

  /** The operator as it was typed. */
  chipText(chip: Chip): string {
    return Array.from(this.question.query).slice(chip.start, chip.start + chip.len).join("");
  }

  step(by: number): void {
    this.selected = Math.max(0, Math.min(this.rows.length - 1, this.selected + by));
  }

  /** The values of a facet to offer: the chosen ones first, whether they still match or not. */
  offered(name: ListFacet): Facet[] {
    const found = this.facets?.[name] ?? [];
    const chosen = this.filter[name] ?? [];
    const kept = chosen.filter((value) => !found.some((facet) => facet.value === value)).map((value) => ({ value, label: this.#labels.get(value) ?? value, count: 0 }));
    return [...found.filter((facet) => chosen.includes(facet.value)), ...kept, ...found.filter((facet) => !chosen.includes(facet.value))];
  }

  async run(): Promise<void> {
    const question = { query: this.query, filter: this.filter, sort: this.sort };
    const mine = ++this.#asked;
    if (await this.#answer(question, mine)) await this.#count(question, mine);
  }

  /** Waits for the hits of what stands in the field: whoever types and opens at once does not open what was there before. */
  async ready(): Promise<void> {
    if (!this.pending) return;
    const { query, filter, sort } = this;
    const mine = ++this.#asked;
    if (await this.#answer({ query, filter, sort }, mine)) void this.#count({ query, filter, sort }, mine);
  }

  /** Gives whether hits have come that are to be counted. */
  async #answer(question: Question, mine: number): Promise<boolean> {
    clearTimeout(this.#timer);
    if (!question.query.trim() && !this.filtered) {
      this.#forget();
      return false;
    }
    this.busy = true;
    const late = setTimeout(() => (this.late = mine === this.#asked), LATE_MS);
    try {
      const page = await this.#ipc.search(question.query, question.filter, question.sort, 0, PAGE);
      if (mine !== this.#asked) return false;
      this.question = question;
      this.#taken = page.hits.length;
      this.#ended = page.hits.length < PAGE;
      this.failure = null;
      this.answered = true;
      this.hits = page.hits;
      this.chips = page.chips;
      this.instead = page.instead;
      this.drops = page.drops;
      this.covered = page.covered;
      this.total = this.#ended ? page.hits.length : null;
      this.selected = 0;
      this.generation++;
      return true;
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
      return false;
    } finally {
      clearTimeout(late);
      if (mine === this.#asked) this.busy = this.late = false;
    }
  }

  async #count(question: Question, mine: number): Promise<void> {
    try {
      const counts = await this.#ipc.searchCounts(question.query, question.filter);
      if (mine !== this.#asked) return;
      this.total = counts.total;
      this.facets = counts.facets;
      for (const name of LIST_FACETS) for (const facet of counts.facets[name]) this.#labels.set(facet.value, facet.label);
    } catch (thrown) {
      const failure = asFailure(thrown);
      // A newer question stopped the counting of this one.
      if (mine === this.#asked && failure.code !== "cancelled") this.failure = failure;
    }
  }

  #forget(): void {
    this.question = { query: this.query, filter: this.filter, sort: this.sort };
    this.busy = this.late = this.answered = false;
    this.failure = this.facets = this.instead = this.covered = null;
    this.hits = [];
    this.chips = [];
    this.drops = [];
    this.total = null;
    this.selected = this.#taken = 0;
    this.#ended = true;
  }

  async more(): Promise<void> {
    if (this.#extending || this.busy || this.#ended) return;
    const mine = this.#asked;
    const { query, filter, sort } = this.question;
    this.#extending = true;
    try {
      const page = await this.#ipc.search(query, filter, sort, this.#taken, PAGE);
      if (mine !== this.#asked) return;
      this.#taken += page.hits.length;
      this.#ended = page.hits.length === 0;
      // The index may have grown between two pages: a hit that moved down comes again.
      const shown = new Set(this.hits.map(hitKey));
      this.hits = [...this.hits, ...page.hits.filter((hit) => !shown.has(hitKey(hit)))];
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
    } finally {
      this.#extending = false;
    }
  }
}

/** Chats in the order of their best hit. */
function byChat(hits: readonly Hit[]): Hit[] {
  const chats = new Map<string, Hit[]>();
  for (const hit of hits) {
    const group = chats.get(hit.message.chat);
    if (group) group.push(hit);
    else chats.set(hit.message.chat, [hit]);
  }
  return [...chats.values()].flat();
}
