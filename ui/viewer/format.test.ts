import { describe, expect, it } from "vitest";
import { dates, duration, langOf, size } from "./format";
import { words } from "./words";

describe("language", () => {
  it("never trusts what the browser calls a language", () => {
    expect(langOf(["ru-RU"])).toBe("ru");
    expect(langOf(["de", "en-US", "ru"])).toBe("en");
    for (const odd of [[], ["C"], ["C.UTF-8"], [""], ["zz-ZZ"]]) expect(langOf(odd)).toBeNull();
  });
});

describe("plurals", () => {
  const cases: [number, string, string][] = [
    [0, "0 сообщений", "0 messages"], [1, "1 сообщение", "1 message"], [2, "2 сообщения", "2 messages"],
    [5, "5 сообщений", "5 messages"], [11, "11 сообщений", "11 messages"], [21, "21 сообщение", "21 messages"],
    [22, "22 сообщения", "22 messages"], [112, "112 сообщений", "112 messages"],
  ];
  it.each(cases)("%i", (n, ru, en) => {
    expect(words("ru").messages(n)).toBe(ru);
    expect(words("en").messages(n)).toBe(en);
  });
  it("keeps a form for each counted noun", () => {
    expect(words("ru").promised(3)).toBe("3 обещания");
    expect(words("ru").chars(100_000).replace(/\s/g, " ")).toBe("100 000 знаков");
    expect(words("ru").versions(2)).toBe("2 версии");
    expect(words("ru").asked(1)).toBe("1 вопрос");
  });
});

describe("lengths and sizes", () => {
  it.each([[0, "0:00"], [42, "0:42"], [59.6, "1:00"], [725, "12:05"], [3723, "1:02:03"], [-5, "0:00"]])("%d s", (s, shown) =>
    expect(duration(s)).toBe(shown));
  it("uses the reader's units and comma", () => {
    expect(size("ru", 245_760)).toBe("240 КБ");
    expect(size("ru", 1_572_864)).toBe("1,5 МБ");
    expect(size("en", 1_572_864)).toBe("1.5 MB");
    expect(size("en", 512)).toBe("512 B");
    expect(size("ru", 2 ** 52)).toContain("ТБ");
  });
});

describe("dates", () => {
  const moment = Date.UTC(2025, 10, 19, 21, 30) / 1000;
  it("stand in the pack's zone", () => {
    expect(dates("ru", "Europe/Moscow", "2025").day(moment)).toBe("20 ноября, четверг");
    expect(dates("en", "Europe/Moscow", "2025").day(moment)).toBe("Thursday, 20 November");
    expect(dates("ru", "UTC", "2025").time(moment)).toBe("21:30");
    expect(dates("ru", "UTC", "2025").dayKey(moment)).toBe("2025-11-19");
  });
  it("name a year that is not the pack's", () => {
    expect(dates("ru", "UTC", "2026").day(moment)).toBe("19 ноября 2025, среда");
    expect(dates("ru", "UTC", "2026").moment(moment)).toContain("2025");
  });
  it("say the day of an interval once", () => {
    const [from, to] = dates("ru", "UTC", "2025").ends(moment, moment + 600);
    expect([from, to]).toEqual(["19 нояб. 21:30", "21:40"]);
    expect(dates("ru", "UTC", "2025").ends(moment, moment + 86_400)[1]).toBe("20 нояб. 21:30");
  });
  it("survive a hostile zone and a hostile number", () => {
    expect(dates("ru", "Не/зона", "2025").time(moment)).toMatch(/^\d\d:\d\d$/);
    for (const odd of [Number.MAX_SAFE_INTEGER, -1e300, Number.NaN]) {
      expect(() => dates("en", "", "").day(odd)).not.toThrow();
    }
  });
});
