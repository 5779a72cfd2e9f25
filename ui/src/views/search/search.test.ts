import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeIpc } from "../../ipc/fake";
import type { Ipc, SearchPage } from "../../ipc";
import { hitKey, Search } from "./search.svelte";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("search", () => {
  it("asks once after a pause in typing", async () => {
    const ipc = fakeIpc();
    const asked: string[] = [];
    const search = new Search({ ...ipc, search: (query, ...rest) => (asked.push(query), ipc.search(query, ...rest)) });
    for (const query of ["д", "до", "дог"]) {
      search.query = query;
      search.typed();
      await vi.advanceTimersByTimeAsync(50);
    }
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toEqual(["дог"]);
    expect(search.total).toBeGreaterThan(0);
  });

  it("an old answer that comes late is dropped", async () => {
    const answers = new Map<string, (page: SearchPage) => void>();
    const page = (total: number): SearchPage => ({ total, hits: [], facets: { managers: [], chats: [], senders: [], kinds: [], deleted: 0, edited: 0, months: [] } });
    const ipc: Ipc = { ...fakeIpc(), search: (query) => new Promise((resolve) => answers.set(query, resolve)) };
    const search = new Search(ipc);
    search.query = "старый";
    const old = search.run();
    search.query = "новый";
    const fresh = search.run();
    answers.get("новый")?.(page(2));
    await fresh;
    answers.get("старый")?.(page(9));
    await old;
    expect(search.total).toBe(2);
    expect(search.busy).toBe(false);
  });

  it("a chosen value stays on offer when nothing matches it", async () => {
    const search = new Search(fakeIpc());
    search.query = "договор";
    await search.run();
    search.toggle("senders", "Анна Белова");
    await vi.advanceTimersByTimeAsync(0);
    search.query = "фиксируем";
    await search.run();
    expect(search.total).toBe(0);
    expect(search.offered("senders")[0]).toMatchObject({ value: "Анна Белова", count: 0 });
  });

  it("fetches more as the list is scrolled, each hit once", async () => {
    const search = new Search(fakeIpc());
    search.query = "договор";
    await search.run();
    while (search.hits.length < search.total) await search.more();
    expect(new Set(search.hits.map((hit) => hit.message.link)).size).toBe(search.total);
  });

  it("more of what was answered, not of what is being typed; a hit that comes twice stands once", async () => {
    const ipc = fakeIpc();
    const asked: [string, number][] = [];
    const search = new Search({
      ...ipc,
      search: async (query, filter, sort, offset, limit) => {
        asked.push([query, offset]);
        // One message came in between: everything has moved down by one.
        return ipc.search("договор", filter, sort, Math.max(0, offset - 1), limit);
      },
    });
    search.query = "договор";
    await search.run();
    const first = search.hits.length;
    expect(search.total).toBeGreaterThan(first);
    search.query = "договорим";
    await search.more();
    expect(asked).toEqual([["договор", 0], ["договор", first]]);
    expect(search.hits.length).toBeGreaterThan(first);
    expect(new Set(search.hits.map(hitKey)).size).toBe(search.hits.length);
  });

  it("an answer to what stood before the typing is dropped", async () => {
    const search = new Search(fakeIpc());
    search.query = "договор";
    const old = search.run();
    search.query = "небывальщина";
    search.typed();
    await old;
    expect(search.answered).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect([search.answered, search.total, search.busy]).toEqual([true, 0, false]);
  });

  it("an empty question forgets the answer", async () => {
    const search = new Search(fakeIpc());
    search.query = "договор";
    await search.run();
    search.query = "";
    await search.run();
    expect(search.answered).toBe(false);
    expect(search.hits).toEqual([]);
  });
});
