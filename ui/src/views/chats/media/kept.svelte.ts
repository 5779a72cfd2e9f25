// One kept file as a component looks at it: not asked for, on its way, there, or failed.

import { asFailure, type Failure } from "../../../ipc";
import type { Shelf } from "../../../state/shelf.svelte";

export class Kept {
  url = $state.raw<string | null>(null);
  busy = $state(false);
  failure = $state.raw<Failure | null>(null);
  #shelf: Shelf;
  #link: string;
  #gone = false;

  constructor(shelf: Shelf, link: string) {
    this.#shelf = shelf;
    this.#link = link;
  }

  async load(): Promise<void> {
    if (this.url || this.busy) return;
    this.#gone = false;
    this.busy = true;
    this.failure = null;
    try {
      const url = await this.#shelf.take(this.#link);
      if (this.#gone) this.#shelf.release(this.#link);
      else this.url = url;
    } catch (thrown) {
      this.failure = asFailure(thrown);
    } finally {
      this.busy = false;
    }
  }

  /** Nobody looks any more: the bytes may go. */
  release(): void {
    this.#gone = true;
    if (!this.url) return;
    this.url = null;
    this.#shelf.release(this.#link);
  }
}
