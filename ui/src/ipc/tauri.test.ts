import { expect, it, vi } from "vitest";

const called = vi.hoisted(() => [] as { command: string; args: Record<string, unknown> }[]);
vi.mock("@tauri-apps/api/core", () => ({
  Channel: class {
    onmessage = () => undefined;
  },
  convertFileSrc: (path: string, scheme: string) => `${scheme}://localhost/${encodeURIComponent(path)}`,
  invoke: async (command: string, args: Record<string, unknown> = {}) => void called.push({ command, args }),
}));

vi.mock("@tauri-apps/api/webview", () => ({ getCurrentWebview: () => ({ onDragDropEvent: async () => () => undefined }) }));

import { tauriIpc, tauriMedia } from "./tauri";

it("every function is the shell's command of the same name", async () => {
  const call = (work: unknown) => (work as (...args: unknown[]) => Promise<unknown>)("a", "b", "c", "d", () => undefined);
  for (const [name, work] of Object.entries(tauriIpc)) {
    await call(work);
    expect(called.at(-1)?.command).toBe(name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  }
  expect(called).toHaveLength(98);
});

it("arguments go by the names the shell knows", async () => {
  await tauriIpc.search("счёт", {} as never, "newest", 60, 60);
  expect(Object.keys(called.at(-1)?.args ?? {})).toEqual(["query", "filter", "sort", "offset", "limit"]);
  await tauriIpc.importExport({ sources: [], timezone: null }, () => undefined);
  expect(Object.keys(called.at(-1)?.args ?? {})).toEqual(["request", "onProgress"]);
});

it("a kept file is asked for in stretches; a refusal is a failure with words", async () => {
  const asked: string[] = [];
  const answers = [
    new Response("абв", { headers: { "x-total": "6", "content-type": "audio/ogg" } }),
    new Response(JSON.stringify({ code: "locked", text: "Архив закрыт." }), { status: 403 }),
  ];
  vi.stubGlobal("fetch", async (url: string) => (asked.push(url), answers.shift()));
  const piece = await tauriMedia("letopis:4001.user:555/7", 0, 6);
  expect([piece.bytes.byteLength, piece.total, piece.type]).toEqual([6, 6, "audio/ogg"]);
  expect(asked).toEqual(["media://localhost/letopis%3A4001.user%3A555%2F7?from=0&to=6"]);
  await expect(tauriMedia("letopis:4001.user:555/7", 0, 6)).rejects.toEqual({ code: "locked", text: "Архив закрыт." });
  vi.unstubAllGlobals();
});
