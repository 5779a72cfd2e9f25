import { describe, expect, it } from "vitest";
import { fakeIpc } from "../../ipc/fake";
import { PAGE, Reader, WINDOW } from "./reader.svelte";
import type { Ipc, MessageView } from "../../ipc";

const KIRILL = "4001.user:102";

/** A chat of a million messages that exist only when asked for. */
function endless(total: number): Ipc {
  const message = (n: number) => ({ link: `m/${n}`, sentAt: n }) as unknown as MessageView;
  const messages: Ipc["messages"] = async (_chat, anchor, limit) => {
    const at = "link" in anchor ? Number(anchor.link.slice(2)) : 0;
    const middle = Math.max(0, at - Math.floor(limit / 2));
    const start = { first: 0, last: total - limit, before: Math.max(0, at - limit), after: at + 1, around: middle, date: 0 }[anchor.at];
    const end = anchor.at === "before" ? at : Math.min(total, start + limit);
    const rows = Array.from({ length: Math.max(0, end - start) }, (_, i) => message(start + i));
    return { messages: rows, hasBefore: start > 0, hasAfter: end < total, focus: anchor.at === "around" ? anchor.link : null };
  };
  return { ...fakeIpc(), messages };
}

describe("reader", () => {
  it("opens at the end, goes to the first message at once and back", async () => {
    const reader = new Reader(endless(1_000_000));
    await reader.open("chat", null);
    expect(reader.rows.at(-1)?.link).toBe("m/999999");
    expect(reader.place).toMatchObject({ link: "m/999999", align: "end", loud: false });
    await reader.first();
    expect(reader.rows[0]?.link).toBe("m/0");
    await reader.last();
    expect(reader.rows.at(-1)?.link).toBe("m/999999");
  });

  it("keeps a bounded window while it moves", async () => {
    const reader = new Reader(endless(1_000_000));
    await reader.open("chat", "m/500000");
    for (let i = 0; i < 30; i++) await reader.after();
    expect(reader.rows.length).toBe(WINDOW);
    expect(reader.hasBefore).toBe(true);
    const first = Number(reader.rows[0]?.link.slice(2));
    expect(reader.rows.map((row) => row.link)).toEqual(Array.from({ length: WINDOW }, (_, i) => `m/${first + i}`));
    for (let i = 0; i < 30; i++) await reader.before();
    expect(reader.rows.length).toBe(WINDOW);
    expect(reader.hasAfter).toBe(true);
    expect(Number(reader.rows[0]?.link.slice(2))).toBe(first - 30 * PAGE);
    expect(reader.shift).toBe(false);
  });

  it("a jump inside the window only moves; outside it loads", async () => {
    const reader = new Reader(endless(10_000));
    await reader.open("chat", "m/5000");
    const loads = reader.generation;
    await reader.jump("m/5010");
    expect(reader.generation).toBe(loads);
    expect(reader.place).toMatchObject({ link: "m/5010", loud: true });
    await reader.jump("m/9");
    expect(reader.generation).toBe(loads + 1);
  });

  it("a late page of another chat is dropped", async () => {
    let release: (() => void) | undefined;
    const ipc = endless(1000);
    const slow: Ipc = { ...ipc, messages: (chat, anchor, limit) => (chat === "slow" ? new Promise((resolve) => (release = () => resolve(ipc.messages(chat, anchor, limit)))) : ipc.messages(chat, anchor, limit)) };
    const reader = new Reader(slow);
    const opening = reader.open("slow", null);
    await reader.open("quick", "m/5");
    release?.();
    await opening;
    expect(reader.chat).toBe("quick");
    expect(reader.place?.link).toBe("m/5");
  });

  it("another chat does not keep the failure of the one before; a return stands where it was left", async () => {
    const ipc = endless(1000);
    const reader = new Reader({ ...ipc, messages: (chat, ...rest) => (chat === "broken" ? Promise.reject({ code: "other", text: "Нет диска" }) : ipc.messages(chat, ...rest)) });
    await reader.open("broken", null);
    expect(reader.failure?.text).toBe("Нет диска");
    const opening = reader.open("chat", "m/500", { cursor: "m/510" });
    expect(reader.failure).toBeNull();
    await opening;
    expect(reader.place).toMatchObject({ link: "m/500", align: "start", loud: false });
    expect(reader.cursor).toBe("m/510");
  });

  it("an archive that grew is read anew in place: edits show, what is new is added, a reader at the end goes with it", async () => {
    let [total, edition] = [1000, 1];
    const ipc = endless(0);
    const growing: Ipc = { ...ipc, messages: async (...asked) => {
      const page = await endless(total).messages(...asked);
      return { ...page, messages: page.messages.map((row) => ({ ...row, versions: edition })) };
    } };
    const reader = new Reader(growing);
    await reader.open("chat", null);
    const loads = reader.generation;
    [total, edition] = [1150, 2];
    await reader.refresh(true);
    expect(reader.rows.map((row) => row.link)).toEqual(Array.from({ length: 250 }, (_, i) => `m/${900 + i}`));
    expect(reader.rows.every((row) => row.versions === 2)).toBe(true);
    expect(reader.place).toMatchObject({ link: "m/1149", align: "end", loud: false });
    expect([reader.generation, reader.hasBefore, reader.hasAfter]).toEqual([loads, true, false]);
    // In the middle nothing moves.
    await reader.open("chat", "m/500");
    const [links, place] = [reader.rows.map((row) => row.link), reader.place];
    [total, edition] = [1200, 3];
    await reader.refresh(false);
    expect(reader.rows.map((row) => row.link)).toEqual(links);
    expect(reader.rows.every((row) => row.versions === 3)).toBe(true);
    expect([reader.place, reader.hasAfter]).toEqual([place, true]);
  });

  it("goes to a date in the fake archive", async () => {
    const reader = new Reader(fakeIpc());
    await reader.open(KIRILL, null);
    await reader.date(1_760_000_000);
    expect(reader.rows.find((row) => row.link === reader.place?.link)?.sentAt).toBeGreaterThanOrEqual(1_760_000_000);
  });
});
