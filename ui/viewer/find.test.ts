import { describe, expect, it } from "vitest";
import { dates } from "./format";
import { firstWhere, hit, indexOfDay, snippet, timesOf } from "./find";
import type { Message } from "./pack";

const message = (sent_at: number | undefined, text = ""): Message => ({ id: 1, direction: "in", sent_at, text });

describe("snippet", () => {
  it("forgets case and ё", () => {
    expect(snippet("Доставка в Ёлкино завтра", "елкино")).toEqual({ before: "Доставка в ", match: "Ёлкино", after: " завтра" });
    expect(snippet("нет", "елкино")).toBeNull();
  });
  it("cuts around, never inside a pair", () => {
    const found = snippet(`${"👍".repeat(50)}слово${"👍".repeat(50)}`, "слово", 5);
    expect(found?.before).toBe("…👍👍");
    expect(found?.after).toBe("👍👍…");
  });
  it("gives up highlighting where lowering changes length", () => {
    expect(snippet("İstanbul договор", "договор")?.match).toBe("");
  });
  it("looks into file names and earlier versions", () => {
    expect(hit({ ...message(1), media: { file_name: "Договор.pdf" } }, "договор")).not.toBeNull();
    expect(hit({ ...message(1), versions: [{ text: "было 12%" }] }, "12%")).not.toBeNull();
  });
});

describe("jump to a date", () => {
  const day = 86_400;
  const times = timesOf([message(undefined), message(0), message(day), message(undefined), message(day - 5), message(3 * day)]);
  const dayKey = dates("ru", "UTC", "1970").dayKey;

  it("keeps times from going back", () => expect(times).toEqual([-Infinity, 0, day, day, day, 3 * day]));
  it.each([["1969-01-01", 1], ["1970-01-01", 1], ["1970-01-02", 2], ["1970-01-03", 5], ["1970-01-04", 5], ["1999-01-01", 5]])(
    "%s", (key, index) => expect(indexOfDay(times, key, dayKey)).toBe(index));
  it("survives an empty chat", () => expect(indexOfDay([], "1970-01-01", dayKey)).toBe(0));
  it("searches by halves", () => {
    let asked = 0;
    expect(firstWhere(100_000, (at) => ((asked += 1), at >= 77_777))).toBe(77_777);
    expect(asked).toBeLessThan(20);
  });
});
