import { expect, it, vi } from "vitest";

const called = vi.hoisted(() => [] as { command: string; args: Record<string, unknown> }[]);
vi.mock("@tauri-apps/api/core", () => ({
  Channel: class {
    onmessage = () => undefined;
  },
  invoke: async (command: string, args: Record<string, unknown> = {}) => void called.push({ command, args }),
}));

import { tauriIpc } from "./tauri";

it("every function is the shell's command of the same name", async () => {
  const call = (work: unknown) => (work as (...args: unknown[]) => Promise<unknown>)("a", "b", "c", "d", () => undefined);
  for (const [name, work] of Object.entries(tauriIpc)) {
    await call(work);
    expect(called.at(-1)?.command).toBe(name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  }
  expect(called).toHaveLength(54);
});

it("arguments go by the names the shell knows", async () => {
  await tauriIpc.search("счёт", {} as never, "newest", 60, 60);
  expect(Object.keys(called.at(-1)?.args ?? {})).toEqual(["query", "filter", "sort", "offset", "limit"]);
  await tauriIpc.importExport(["a"], null, () => undefined);
  expect(Object.keys(called.at(-1)?.args ?? {})).toEqual(["paths", "manager", "onProgress"]);
});
