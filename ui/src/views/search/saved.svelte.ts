// Saved searches and the history: read when the search opens, written through the archive.

import { asFailure, type Failure, type Ipc, type SavedSearch } from "../../ipc";

export class Saved {
  searches = $state.raw<SavedSearch[]>([]);
  history = $state.raw<string[]>([]);
  failure = $state.raw<Failure | null>(null);
  #ipc: Ipc;

  constructor(ipc: Ipc) {
    this.#ipc = ipc;
  }

  async load(): Promise<void> {
    await this.#keep(async () => {
      [this.searches, this.history] = await Promise.all([this.#ipc.savedSearches(), this.#ipc.searchHistory()]);
    });
  }

  async save(search: SavedSearch): Promise<void> {
    await this.#keep(async () => {
      await this.#ipc.saveSearch(search);
      this.searches = await this.#ipc.savedSearches();
    });
  }

  async remove(id: number): Promise<void> {
    await this.#keep(async () => {
      await this.#ipc.deleteSearch(id);
      this.searches = await this.#ipc.savedSearches();
    });
  }

  async remember(query: string): Promise<void> {
    if (!query.trim()) return;
    await this.#keep(async () => {
      await this.#ipc.rememberSearch(query);
      this.history = await this.#ipc.searchHistory();
    });
  }

  async forget(): Promise<void> {
    await this.#keep(async () => {
      await this.#ipc.forgetSearchHistory();
      this.history = [];
    });
  }

  async #keep(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.failure = null;
    } catch (thrown) {
      this.failure = asFailure(thrown);
    }
  }
}
