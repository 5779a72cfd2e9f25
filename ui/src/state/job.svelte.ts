// A long job of the shell: its progress, its end, and how to stop it. One runs at a time.

import { asFailure, type Failure, type Ipc, type OnProgress, type Progress } from "../ipc";

export class Job<T> {
  running = $state(false);
  progress = $state.raw<Progress | null>(null);
  failure = $state.raw<Failure | null>(null);
  cancelled = $state(false);
  result = $state.raw<T | null>(null);

  async run(work: (onProgress: OnProgress) => Promise<T>): Promise<T | null> {
    if (this.running) return null;
    this.reset();
    this.running = true;
    try {
      this.result = await work((progress) => (this.progress = progress));
      return this.result;
    } catch (thrown) {
      const failure = asFailure(thrown);
      if (failure.code === "cancelled") this.cancelled = true;
      else this.failure = failure;
      return null;
    } finally {
      this.running = false;
    }
  }

  reset(): void {
    this.progress = this.failure = this.result = null;
    this.cancelled = false;
  }

  cancel(ipc: Ipc): void {
    ipc.cancelJob().catch((thrown: unknown) => (this.failure = asFailure(thrown)));
  }
}
