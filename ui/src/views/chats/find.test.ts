import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeIpc } from "../../ipc/fake";
import type { InChat, Ipc } from "../../ipc";
import { Find } from "./find.svelte";

const KIRILL = "4001.user:102";
const WANTED = { query: "договор", filter: {} };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const settle = () => vi.advanceTimersByTimeAsync(200);

function make(over: Partial<Ipc> = {}): { find: Find; went: [string, boolean][]; ipc: Ipc } {
  const fake = fakeIpc();
  const went: [string, boolean][] = [];
  const ipc = new Proxy(fake, { get: (target, name: keyof Ipc) => over[name] ?? target[name] });
  return { ipc, went, find: new Find(ipc, (link, first) => went.push([link, first])) };
}

/** The chat's messages that hold the word, in the order of the chat. */
async function hits(word: string): Promise<string[]> {
  const page = await fakeIpc().messages(KIRILL, { at: "first" }, 5000);
  return page.messages.filter((message) => message.text.toLowerCase().includes(word)).map((message) => message.link);
}

describe("found in a chat", () => {
  it("walks from hit to hit in the order of the chat, round and round; the reader stays at the one it was opened at", async () => {
    const all = await hits("договор");
    const { find, went } = make();
    find.begin(KIRILL, WANTED, all[1] ?? "");
    await settle();
    expect([find.shown, find.typing, find.found?.number, find.found?.total]).toEqual([true, false, 2, all.length]);
    expect(went).toEqual([]);
    for (let i = 0; i < all.length; i++) find.step("next");
    await settle();
    expect(went.map(([link]) => link)).toEqual([...all.slice(2), ...all.slice(0, 2)]);
    expect(went.every(([, first]) => !first)).toBe(true);
    find.step("previous");
    await settle();
    expect([find.found?.number, went.at(-1)?.[0]]).toEqual([1, all[0]]);
  });

  it("goes to what is typed, from where the reader stands back; only the first step leaves the place", async () => {
    const all = await hits("договор");
    const { find, went } = make();
    find.type(KIRILL, all[2] ?? null);
    find.query = "договор";
    find.typed();
    await settle();
    expect(went).toEqual([[all[2], true]]);
    find.step("next");
    await settle();
    expect(went.at(-1)).toEqual([all[3], false]);
    find.query = "небывальщина";
    find.typed();
    await settle();
    expect(find.found).toMatchObject({ total: 0, number: 0, link: null });
    expect(went).toHaveLength(2);
    find.query = " ";
    find.typed();
    await settle();
    expect([find.found, find.asked, find.shown]).toEqual([null, null, true]);
  });

  it("a late answer to words that were typed on is dropped", async () => {
    const answers: ((found: InChat) => void)[] = [];
    const { find, went } = make({ searchInChat: () => new Promise((resolve) => answers.push(resolve)) });
    find.type(KIRILL, null);
    for (const query of ["до", "договор"]) {
      find.query = query;
      find.typed();
      await settle();
    }
    answers[0]?.({ total: 9, number: 9, link: "old", instead: null });
    await settle();
    answers[1]?.({ total: 2, number: 2, link: "new", instead: null });
    await settle();
    expect([find.found?.total, went]).toEqual([2, [["new", true]]]);
  });

  it("asks for the marks of each message once, and anew when the archive has grown", async () => {
    const asked: string[][] = [];
    const fake = fakeIpc();
    const { find } = make({ searchMarks: (query, filter, links) => (asked.push(links), fake.searchMarks(query, filter, links)) });
    const all = await hits("договор");
    const rows = (await fake.messages(KIRILL, { at: "last" }, 300)).messages.map((message) => message.link);
    find.mark(rows);
    expect(asked).toEqual([]);
    find.begin(KIRILL, WANTED, all.at(-1) ?? "");
    find.mark(rows);
    find.mark(rows);
    await settle();
    expect(asked.map((links) => links.length)).toEqual([200, rows.length - 200]);
    expect([...find.marked.keys()].sort()).toEqual(all.filter((link) => rows.includes(link)).sort());
    expect(find.marksOf(all.at(-1) ?? "")[0]?.len).toBe("договор".length);
    find.refresh();
    find.mark(rows);
    await settle();
    expect(asked).toHaveLength(4);
    // A step that is on its way when the archive grows arrives.
    const before = find.found?.number;
    find.step("previous");
    find.refresh();
    await settle();
    expect(find.found?.number).toBe((before ?? 0) - 1);
    find.close();
    expect([find.shown, find.marked.size, find.marksOf(all[0] ?? "")]).toEqual([false, 0, []]);
  });

  it("says what is wrong with an operator, and what it shows instead", async () => {
    const { find } = make();
    find.type(KIRILL, null);
    find.query = "фром:Анна";
    find.typed();
    await settle();
    expect([find.failure?.code, find.found]).toEqual(["query", null]);
    find.query = "ljujdjh";
    find.typed();
    await settle();
    expect([find.failure, find.found?.instead?.shown]).toEqual([null, "договор"]);
  });
});
