import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeIpc } from "../../ipc/fake";
import type { Ipc, SearchPage } from "../../ipc";
import { Completer } from "./complete.svelte";
import { Saved } from "./saved.svelte";
import { hitKey, noFilter, Search } from "./search.svelte";

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
    const page = (covered: number): SearchPage => ({ hits: [], chips: [], instead: null, drops: [], covered });
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
    expect(search.covered).toBe(2);
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
    while (search.hits.length < (search.total ?? 0)) await search.more();
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

  it("counts what it does not show, and a stopped count is no failure", async () => {
    const ipc = fakeIpc();
    const search = new Search({ ...ipc, searchCounts: () => Promise.reject({ code: "cancelled", text: "" }) });
    search.query = "договор";
    await search.run();
    expect(search.hits.length).toBe(60);
    expect([search.total, search.failure]).toEqual([null, null]);
  });

  it("says what it shows instead, and takes an operator out of the query", async () => {
    const search = new Search(fakeIpc());
    search.query = "ljujdjh";
    await search.run();
    expect(search.instead).toEqual({ kind: "layout", shown: "договор" });
    search.query = 'договор от:"Анна Белова" завтра';
    await search.run();
    const chip = search.chips[0];
    expect(chip && search.chipText(chip)).toBe('от:"Анна Белова"');
    if (chip) search.unchip(chip);
    expect(search.query).toBe("договор завтра");
  });

  it("a query written wrongly is explained", async () => {
    const search = new Search(fakeIpc());
    search.query = "фром:Анна";
    await search.run();
    expect(search.failure?.code).toBe("query");
    expect(search.failure?.text).toContain("фром:");
  });

  it("tells hits of the query before from hits that could not be counted", async () => {
    const ipc = fakeIpc();
    const search = new Search(ipc);
    search.query = "договор";
    await search.run();
    search.query = "фром:Анна";
    await search.run();
    expect([search.hits.length > 0, search.outdated]).toEqual([true, true]);
    ipc.searchCounts = () => Promise.reject({ code: "other", text: "no" });
    search.query = "договор";
    await search.run();
    expect([search.failure?.text, search.outdated]).toEqual(["no", false]);
  });

  it("lists the hits of a chat together", async () => {
    const search = new Search(fakeIpc());
    search.query = "договор";
    await search.run();
    search.grouped = true;
    const chats = search.rows.map((hit) => hit.message.chat);
    expect(new Set(chats).size).toBe(chats.filter((chat, i) => chat !== chats[i - 1]).length);
    expect(search.rows.length).toBe(search.hits.length);
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

describe("completion", () => {
  it("goes on with what is typed and puts the cursor behind it", async () => {
    const completer = new Completer(fakeIpc());
    completer.typed("договор о", 9);
    await vi.advanceTimersByTimeAsync(100);
    expect(completer.offered[0]?.insert).toBe("от:");
    const one = completer.offered[0];
    expect(one && completer.take(one, "договор о", 9)).toEqual({ query: "договор от:", cursor: 11 });
    completer.typed("от:Бел", 6);
    await vi.advanceTimersByTimeAsync(100);
    expect(completer.offered.map((offer) => offer.insert)).toEqual(['от:"Анна Белова" ']);
  });

  it("an offer that comes after the field was left is dropped", async () => {
    const completer = new Completer(fakeIpc());
    completer.typed("о", 1);
    completer.close();
    await vi.advanceTimersByTimeAsync(100);
    expect(completer.offered).toEqual([]);
  });
});

describe("saved searches", () => {
  it("keeps, replaces and deletes by name; the history is erasable", async () => {
    const saved = new Saved(fakeIpc());
    await saved.save({ id: 0, name: "Договоры", query: "договор", filter: noFilter(), sort: "newest" });
    await saved.save({ id: 0, name: "Договоры", query: "договор это:удалено", filter: noFilter(), sort: "newest" });
    expect(saved.searches.map((one) => one.query)).toEqual(["договор это:удалено"]);
    await saved.remember("счёт");
    await saved.remember("  ");
    expect(saved.history).toEqual(["счёт"]);
    await saved.forget();
    await saved.remove(saved.searches[0]?.id ?? 0);
    expect([saved.history, saved.searches]).toEqual([[], []]);
  });
});
