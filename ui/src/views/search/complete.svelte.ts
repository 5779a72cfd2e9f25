// What the query may go on with at the cursor. A choice replaces the piece that is being typed.

import type { Completion, Ipc } from "../../ipc";

const PAUSE_MS = 80;

export class Completer {
  offered = $state.raw<Completion[]>([]);
  /** -1: none is chosen, Enter opens the hit. */
  chosen = $state(-1);
  #ipc: Ipc;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ipc: Ipc) {
    this.#ipc = ipc;
  }

  /** `cursor` in UTF-16 units, as the field tells it. */
  typed(query: string, cursor: number): void {
    const mine = ++this.#asked;
    clearTimeout(this.#timer);
    const at = Array.from(query.slice(0, cursor)).length;
    this.#timer = setTimeout(() => {
      this.#ipc.completeSearch(query, at).then(
        (offered) => {
          if (mine !== this.#asked) return;
          this.offered = offered;
          this.chosen = -1;
        },
        // Help that does not come is not missed: the search itself says what is wrong.
        () => this.close(),
      );
    }, PAUSE_MS);
  }

  step(by: 1 | -1): void {
    const count = this.offered.length;
    if (count) this.chosen = this.chosen < 0 ? (by > 0 ? 0 : count - 1) : (this.chosen + by + count) % count;
  }

  /** The query with the completion in it, and where the cursor goes. */
  take(one: Completion, query: string, cursor: number): { query: string; cursor: number } {
    const before = Array.from(query.slice(0, cursor)).slice(0, one.start).join("") + one.insert;
    this.close();
    return { query: before + query.slice(cursor).trimStart(), cursor: before.length };
  }

  close(): void {
    this.#asked++;
    clearTimeout(this.#timer);
    this.offered = [];
    this.chosen = -1;
  }
}
