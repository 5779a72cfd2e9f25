// A search as it is typed: debounced, late answers dropped, more hits fetched as the list is scrolled.

import { asFailure, type Facet, type Facets, type Failure, type Hit, type Ipc, type SearchFilter, type Sort } from "../../ipc";

export type Filter = Required<SearchFilter>;
export type ListFacet = "managers" | "chats" | "senders" | "kinds";
export const LIST_FACETS: ListFacet[] = ["managers", "chats", "senders", "kinds"];

const PAGE = 60;
const PAUSE_MS = 120;

export const noFilter = (): Filter => ({
  managers: [], chats: [], senders: [], from: null, to: null, kinds: [], deleted: null, edited: null, direction: null,
});

export const hitKey = (hit: Hit): string => `${hit.message.link}#${hit.version}`;

export class Search {
  query = $state("");
  filter = $state.raw<Filter>(noFilter());
  sort = $state<Sort>("relevance");
  total = $state(0);
  hits = $state.raw<Hit[]>([]);
  facets = $state.raw<Facets | null>(null);
  failure = $state.raw<Failure | null>(null);
  busy = $state(false);
  /** Whether there is an answer to show: false before the first question. */
  answered = $state(false);
  selected = $state(0);
  /** Counts new questions: the list starts from its top. */
  generation = $state(0);
  #ipc: Ipc;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #extending = false;
  /** What the hits answer, and how many of its answers have come. */
  #question: { query: string; filter: Filter; sort: Sort } = { query: "", filter: noFilter(), sort: "relevance" };
  #taken = 0;
  /** Labels of values seen in facets: a chosen value keeps its name when nothing matches it any more. */
  #labels = new Map<string, string>();

  constructor(ipc: Ipc) {
    this.#ipc = ipc;
  }

  filtered = $derived(
    LIST_FACETS.some((name) => this.filter[name]?.length) ||
      [this.filter.from, this.filter.to, this.filter.deleted, this.filter.edited, this.filter.direction].some((value) => value !== null),
  );

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

  toggle(name: ListFacet, value: string): void {
    const chosen = this.filter[name] ?? [];
    this.change({ [name]: chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value] });
  }

  clear(): void {
    this.filter = noFilter();
    void this.run();
  }

  /** The values of a facet to offer: the chosen ones first, whether they still match or not. */
  offered(name: ListFacet): Facet[] {
    const found = this.facets?.[name] ?? [];
    const chosen = this.filter[name] ?? [];
    const kept = chosen.filter((value) => !found.some((facet) => facet.value === value)).map((value) => ({ value, label: this.#labels.get(value) ?? value, count: 0 }));
    return [...found.filter((facet) => chosen.includes(facet.value)), ...kept, ...found.filter((facet) => !chosen.includes(facet.value))];
  }

  async run(): Promise<void> {
    clearTimeout(this.#timer);
    const mine = ++this.#asked;
    if (!this.query.trim() && !this.filtered) return this.#forget();
    this.busy = true;
    const question = { query: this.query, filter: this.filter, sort: this.sort };
    try {
      const page = await this.#ipc.search(question.query, question.filter, question.sort, 0, PAGE);
      if (mine !== this.#asked) return;
      this.#question = question;
      this.#taken = page.hits.length;
      this.failure = null;
      this.answered = true;
      this.total = page.total;
      this.hits = page.hits;
      this.facets = page.facets;
      this.selected = 0;
      this.generation++;
      for (const name of LIST_FACETS) for (const facet of page.facets[name]) this.#labels.set(facet.value, facet.label);
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
    } finally {
      if (mine === this.#asked) this.busy = false;
    }
  }

  #forget(): void {
    this.busy = this.answered = false;
    this.failure = this.facets = null;
    this.hits = [];
    this.total = this.selected = this.#taken = 0;
  }

  async more(): Promise<void> {
    if (this.#extending || this.busy || this.#taken >= this.total) return;
    const mine = this.#asked;
    const { query, filter, sort } = this.#question;
    this.#extending = true;
    try {
      const page = await this.#ipc.search(query, filter, sort, this.#taken, PAGE);
      if (mine !== this.#asked) return;
      this.#taken += page.hits.length;
      // The index may have grown between two pages: a hit that moved down comes again.
      const shown = new Set(this.hits.map(hitKey));
      this.hits = [...this.hits, ...page.hits.filter((hit) => !shown.has(hitKey(hit)))];
      if (page.hits.length === 0) this.#taken = this.total = this.hits.length;
    } catch (thrown) {
      if (mine === this.#asked) this.failure = asFailure(thrown);
    } finally {
      this.#extending = false;
    }
  }
}
