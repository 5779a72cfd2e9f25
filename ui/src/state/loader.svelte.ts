// One thing loaded from the shell: loading, failed or ready. A late answer to an old question is dropped.

import { asFailure, type Failure } from "../ipc";

export class Loader<T> {
  data = $state.raw<T | null>(null);
  failure = $state.raw<Failure | null>(null);
  busy = $state(false);
  #asked = 0;

  /** Keeps the old data visible while the new one is on its way. */
  async load(ask: () => Promise<T>): Promise<T | null> {
    const mine = ++this.#asked;
    this.busy = true;
    try {
      const data = await ask();
      if (mine !== this.#asked) return null;
      this.data = data;
      this.failure = null;
      return data;
    } catch (thrown) {
      if (mine !== this.#asked) return null;
      const failure = asFailure(thrown);
      this.failure = failure.code === "cancelled" ? null : failure;
      return null;
    } finally {
      if (mine === this.#asked) this.busy = false;
    }
  }

  clear(): void {
    this.#asked++;
    this.data = null;
    this.failure = null;
    this.busy = false;
  }
}
