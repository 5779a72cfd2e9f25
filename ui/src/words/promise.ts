// How a promise stands, as the interface speaks of it: a promise that was kept after its day is done, not due.

import type { PromiseView } from "../ipc";

export type Standing = "open" | "late" | "kept" | "keptLate" | "broken" | "withdrawn";

export function standing(promise: PromiseView): Standing {
  return promise.state === "late" && promise.closedBy !== null ? "keptLate" : promise.state;
}

/** Its day has passed and nothing shows that it was done. */
export function isOverdue(promise: PromiseView): boolean {
  return standing(promise) === "late" || promise.state === "broken";
}
