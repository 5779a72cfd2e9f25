// A long job of the shell: its progress, its end, and how to stop it. One runs at a time. A job that was reset away ends unheard.

import { asFailure, type Failure, type Ipc, type OnProgress, type Progress } from "../ipc";

export class Job<T> {
  running = $state(false);
  progress = $state.raw<Progress | null>(null);
  failure = $state.raw<Failure | null>(null);
  cancelled = $state(false);
  result = $state.raw<T | null>(null);
  #serial = 0;

  async run(work: (onProgress: OnProgress) => Promise<T>): Promise<T | null> {
    if (this.running) return null;
    this.reset();
    const mine = this.#serial;
    this.running = true;
    try {
      const result = await work((progress) => {
        if (mine === this.#serial) this.progress = progress;
      });
      if (mine !== this.#serial) return null;
      this.result = result;
      return result;
    } catch (thrown) {
      if (mine !== this.#serial) return null;
      const failure = asFailure(thrown);
      if (failure.code === "cancelled") this.cancelled = true;
      else this.failure = failure;
      return null;
    } finally {
      if (mine === this.#serial) this.running = false;
    }
  }

  reset(): void {
    this.#serial++;
    this.progress = this.failure = this.result = null;
    this.cancelled = this.running = false;
  }

  cancel(ipc: Ipc): void {
    const mine = this.#serial;
    ipc.cancelJob().catch((thrown: unknown) => {
      if (mine === this.#serial) this.failure = asFailure(thrown);
    });
  }
}
