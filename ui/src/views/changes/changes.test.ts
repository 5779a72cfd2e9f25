import { beforeEach, describe, expect, it } from "vitest";
import { fakeIpc } from "../../ipc/fake";
import type { ChangeView, Ipc } from "../../ipc";
import { language } from "../../text/index.svelte";
import { Changes, PAGE } from "./changes.svelte";
import { whenWords } from "./words";

beforeEach(() => {
  language.current = "ru";
});

describe("the feed", () => {
  it("comes in pages by cursor, each row once", async () => {
    const changes = new Changes(fakeIpc());
    await changes.load();
    expect(changes.rows).toHaveLength(PAGE);
    while (changes.next !== null) await changes.more();
    const ids = changes.all.map((row) => row.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(PAGE);
  });

  it("an old mass event that is new to the lead stands on top though its page is far", async () => {
    const changes = new Changes(fakeIpc());
    await changes.load();
    expect(changes.all.slice(0, 2).map((row) => row.sort)).toEqual(["mass", "mass"]);
    expect(changes.all.filter((row) => row.sort === "mass")).toHaveLength(2);
  });

  it("an answer to an old filter is dropped", async () => {
    const fake = fakeIpc();
    const answers: (() => void)[] = [];
    const ipc: Ipc = { ...fake, changes: (...asked) => new Promise((resolve) => answers.push(() => resolve(fake.changes(...asked)))) };
    const changes = new Changes(ipc);
    const old = changes.load();
    changes.kind = "edited";
    const fresh = changes.load();
    for (const answer of answers.reverse()) answer();
    await Promise.all([old, fresh]);
    expect(changes.rows.every((row) => row.sort === "edited")).toBe(true);
  });

  it("growth draws an untouched list anew and only tells of it otherwise", async () => {
    const fake = fakeIpc();
    let grown = false;
    const more = (row: ChangeView): ChangeView => ({ ...row, id: "new", seenAt: row.seenAt + 1 });
    const ipc: Ipc = {
      ...fake,
      changes: async (filter, before, limit) => {
        const page = await fake.changes(filter, before, limit);
        const first = page.rows[0];
        return grown && before === null && first ? { ...page, rows: [more(first), ...page.rows].slice(0, limit) } : page;
      },
    };
    const changes = new Changes(ipc);
    await changes.load();
    grown = true;
    await changes.look(false);
    expect(changes.stale).toBe(true);
    expect(changes.rows[0]?.id).not.toBe("new");
    await changes.look(true);
    expect(changes.stale).toBe(false);
    expect(changes.rows[0]?.id).toBe("new");
  });
});

describe("when it happened", () => {
  const now = new Date(2025, 10, 21, 19, 0).getTime() / 1000;
  const at = (day: number, hour: number, minute: number) => new Date(2025, 10, day, hour, minute).getTime() / 1000;
  const check = (change: Partial<ChangeView>, expected: string) => it(expected, () => expect(whenWords(change as ChangeView, now)).toBe(expected));
  check({ sort: "deleted", from: at(21, 12, 40), to: at(21, 18, 5) }, "ещё было 12:40, уже нет 18:05");
  check({ sort: "deleted", from: at(19, 12, 40), to: at(20, 9, 5) }, "ещё было 19 нояб. 12:40, уже нет 20 нояб. 09:05");
  check({ sort: "mass", from: at(21, 12, 40), to: at(21, 12, 40) + 20 }, "удалено 12:40");
  check({ sort: "edited", from: at(21, 16, 40), to: at(21, 16, 40) }, "изменено 16:40");
});
