import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Shelf } from "./shelf.svelte";
import type { ReadMedia } from "../ipc";

const MB = 1 << 20;
let revoked: string[] = [];

beforeEach(() => {
  revoked = [];
  let count = 0;
  vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => `blob:${++count}`, revokeObjectURL: (url: string) => revoked.push(url) }));
});
afterEach(() => vi.unstubAllGlobals());

/** A file of this length; hears the stretches that were asked for. */
function file(total: number, asked: string[] = []): ReadMedia {
  return async (link, from, to) => {
    asked.push(`${link} ${from}`);
    return { bytes: new ArrayBuffer(Math.min(to, total) - from), total, type: "audio/ogg" };
  };
}

describe("the shelf of kept files", () => {
  it("reads a file in stretches, once for all who look at it", async () => {
    const asked: string[] = [];
    const shelf = new Shelf(file(9 * MB, asked));
    const [a, b] = await Promise.all([shelf.take("m/1"), shelf.take("m/1")]);
    expect(a).toBe(b);
    expect(asked).toEqual(["m/1 0", `m/1 ${4 * MB}`, `m/1 ${8 * MB}`]);
  });

  it("forgets the longest unused beyond its room, never what is looked at", async () => {
    const shelf = new Shelf(file(40 * MB));
    const first = await shelf.take("m/1");
    const second = await shelf.take("m/2");
    shelf.release("m/2");
    await shelf.take("m/3");
    expect(revoked).toEqual([second]);
    shelf.release("m/1");
    await shelf.take("m/4");
    expect(revoked).toEqual([second, first]);
  });

  it("an empty file ends, a failure can be asked again", async () => {
    let fails = true;
    const shelf = new Shelf(async (link, from, to) => (fails ? Promise.reject({ code: "other", text: "Файл повреждён." }) : file(0)(link, from, to)));
    await expect(shelf.take("m/1")).rejects.toMatchObject({ text: "Файл повреждён." });
    fails = false;
    expect(await shelf.take("m/1")).toMatch(/^blob:/);
  });

  it("the lock leaves nothing, not even what is still on its way", async () => {
    const shelf = new Shelf(file(MB));
    const url = await shelf.take("m/1");
    const coming = shelf.take("m/2");
    shelf.clear();
    expect(revoked).toEqual([url]);
    await expect(coming).rejects.toMatchObject({ code: "locked" });
  });
});
