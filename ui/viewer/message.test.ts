import { describe, expect, it, vi } from "vitest";
import { wordDiff } from "./diff";
import { dates } from "./format";
import { attachmentWords, foldAt, messageRow, scene } from "./message";
import { fromJson, isLate, stillOwed, type Client, type Message, type Owed } from "./pack";
import { serviceSentence } from "./service";
import { words } from "./words";

const at = Date.UTC(2025, 10, 19, 10, 31) / 1000;

function row(message: Partial<Message>, client: Partial<Client> = {}, jump = vi.fn()): HTMLElement {
  const whole: Message = { id: 2, direction: "in", sender: "Кирилл", sent_at: at, ...message };
  const pack = fromJson(JSON.stringify({ "letopis-pack": 1, clients: [{ ...client, messages: [{ id: 1, direction: "out", sender: "Анна", text: "раньше" }, whole] }] }));
  const of = scene(pack?.clients[0] as Client, "ru", dates("ru", "UTC", "2025"), at, jump);
  return messageRow(of, whole, 1);
}

describe("a message", () => {
  it("shows a deletion as an interval with the original", () => {
    const shown = row({ text: "Ок, 12%", deleted: { from: at + 600, to: at + 6000 } });
    expect(shown.querySelector(".why")?.textContent).toBe("Удалено между 10:41 и 12:11 · оригинал");
    expect(shown.querySelector(".mark")?.getAttribute("aria-label")).toBe("удалено");
    expect(shown.textContent).toContain("Ок, 12%");
  });
  it("opens its versions with what changed", () => {
    const shown = row({ text: "скидка 8%", edited_at: at + 60, versions: [{ text: "скидка 12%", at }] });
    const toggle = shown.querySelector<HTMLButtonElement>("button.ver");
    expect(toggle?.textContent).toBe("изменено в 10:32 · 2 версии");
    toggle?.click();
    expect(shown.querySelector("del")?.textContent).toBe("12%");
    expect(shown.querySelector("ins")?.textContent).toBe("8%");
  });
  it("jumps to what it answers, and says when that is not here", () => {
    const jump = vi.fn();
    row({ reply_to: 1, text: "да" }, {}, jump).querySelector<HTMLButtonElement>(".reply")?.click();
    expect(jump).toHaveBeenCalledWith(0);
    expect(row({ reply_to: 99 }).textContent).toContain("которого в файле нет");
  });
  it("bears the promise made in it", () => {
    const promise: Owed = { text: "вечером", sender: "Кирилл", at, due_at: at + 60, state: "open", message: 2 };
    expect(row({ text: "вечером" }, { promises: [promise] }).querySelector(".note")?.textContent).toBe("обещание: до 19 нояб. 10:32");
  });
  it("folds a long text and unfolds it", () => {
    const shown = row({ text: "x".repeat(100_000) });
    expect(shown.textContent?.length).toBeLessThan(2_000);
    const more = shown.querySelector<HTMLButtonElement>(".more");
    more?.click();
    expect(shown.textContent?.length).toBeGreaterThan(100_000);
  });
  it("takes an unknown kind and a hostile one for words", () => {
    expect(attachmentWords({ lang: "ru", words: words("ru") }, { id: 1, direction: "in", kind: "constructor" })).toBe("constructor");
    expect(row({ kind: "voice", media: { duration: 42 } }).textContent).toContain("Голосовое сообщение, 0:42");
    expect(row({ kind: "file", media: { file_name: "договор.pdf", size: 245_760 } }).textContent).toContain("Файл · договор.pdf · 240 КБ");
  });
});

describe("folding", () => {
  it("leaves short texts and never halves a pair", () => {
    expect(foldAt("коротко")).toBeNull();
    expect(foldAt("x".repeat(1_600))).toBeNull();
    expect(foldAt("x" + "👍".repeat(2_000))).toBe(1_499);
    expect(foldAt("a\n".repeat(1_000))).toBe(59);
  });
});

describe("word diff", () => {
  it("names what went and what came", () => {
    expect(wordDiff("скидка 12%, ок", "скидка 8%, ок")).toEqual([
      { kind: "same", text: "скидка " }, { kind: "gone", text: "12%" }, { kind: "new", text: "8%" }, { kind: "same", text: ", ок" }]);
    expect(wordDiff("", "")).toEqual([]);
    expect(wordDiff("a ".repeat(2_000), "b").length).toBe(2);
  });
});

describe("service messages", () => {
  it.each([
    ["phone_call", "125", "Анна: звонок, 2:05", "Анна: call, 2:05"],
    ["edit_group_title", "Тендер", "Анна: новое название «Тендер»", "Анна changed the title to «Тендер»"],
    ["constructor", "", "Анна: Служебное сообщение (constructor)", "Анна: Service message (constructor)"],
  ])("%s", (action, detail, ru, en) => {
    expect(serviceSentence("ru", "Анна", { action, detail })).toBe(ru);
    expect(serviceSentence("en", "Анна", { action, detail })).toBe(en);
  });
});

describe("promises", () => {
  const owed = (state: Owed["state"], due_at?: number): Owed => ({ text: "", sender: "", at, state, due_at, message: 1 });
  it("are late when the date has passed since", () => {
    expect(isLate(owed("open", at - 1), at)).toBe(true);
    expect(isLate(owed("open", at + 1), at)).toBe(false);
    expect(isLate(owed("open"), at)).toBe(false);
    expect(isLate(owed("kept", at - 1), at)).toBe(false);
  });
  it("stand late first, then by date, settled ones aside", () => {
    const sorted = stillOwed([owed("open"), owed("kept"), owed("open", at + 9), owed("late", at + 99)], at);
    expect(sorted.map((one) => [one.state, one.due_at])).toEqual([["late", at + 99], ["open", at + 9], ["open", undefined]]);
  });
});
