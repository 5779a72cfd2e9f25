import { beforeEach, describe, expect, it } from "vitest";
import { addDays, addMonths, clock, day, dayStart, listTime, longDay, moment, month, near, period, readDate, shortDay, shortSpan, span, time, weekdays } from "./dates";
import { language } from "./index.svelte";

const at = (iso: string) => new Date(`${iso}+03:00`).getTime() / 1000;
const NOW = at("2025-11-21T11:00:00");

beforeEach(() => {
  language.current = "ru";
});

describe("Russian", () => {
  const check = (name: string, said: () => string, expected: string) => it(name, () => expect(said()).toBe(expected));
  check("today", () => day(at("2025-11-21T00:00:01"), NOW), "сегодня");
  check("yesterday", () => day(at("2025-11-20T23:59:59"), NOW), "вчера");
  check("tomorrow", () => day(at("2025-11-22T09:00:00"), NOW), "завтра");
  check("this year", () => day(at("2025-11-19T12:00:00"), NOW), "19 ноября");
  check("another year", () => day(at("2024-08-03T12:00:00"), NOW), "3 августа 2024");
  check("short", () => shortDay(at("2025-08-03T12:00:00"), NOW), "3 авг.");
  check("separator", () => longDay(at("2025-11-19T12:00:00"), NOW), "19 ноября, среда");
  check("separator of yesterday", () => longDay(at("2025-11-20T12:00:00"), NOW), "вчера, 20 ноября");
  check("time", () => time(at("2025-11-21T09:05:00")), "09:05");
  check("list, today", () => listTime(at("2025-11-21T09:05:00"), NOW), "09:05");
  check("list, this week", () => listTime(at("2025-11-17T09:05:00"), NOW), "пн");
  check("list, this year", () => listTime(at("2025-09-01T09:05:00"), NOW), "1 сент.");
  check("list, long ago", () => listTime(at("2023-09-01T09:05:00"), NOW), "01.09.2023");
  check("moment", () => moment(at("2025-11-20T13:47:00"), NOW), "вчера, 13:47");
  check("interval's end the same day", () => near(at("2025-11-19T18:05:00"), at("2025-11-19T11:05:00"), NOW), "18:05");
  check("interval's end another day", () => near(at("2025-11-20T18:05:00"), at("2025-11-19T11:05:00"), NOW), "20 нояб. 18:05");
  check("period in a month", () => period(at("2025-11-01T00:00:00"), at("2025-11-21T00:00:00"), NOW), "1–20 ноября");
  check("period over months", () => period(at("2025-10-28T00:00:00"), at("2025-11-21T00:00:00"), NOW), "28 окт. – 20 нояб.");
  check("period of a day", () => period(at("2025-11-20T00:00:00"), at("2025-11-21T00:00:00"), NOW), "вчера");
  check("month", () => month("2025-11"), "ноябрь 2025");
  check("span", () => [20, 480, 11_400, 7200, 100_800, 2_000_000].map(span).join(", "), "меньше минуты, 8 мин, 3 ч 10 мин, 2 ч, 1 дн 4 ч, 23 дн");
  check("short span", () => [480, 11_400, 100_800].map(shortSpan).join(", "), "8 мин, 3 ч, 1 дн");
  check("clock", () => [42, 605, 3909].map(clock).join(", "), "0:42, 10:05, 1:05:09");
});

it("English", () => {
  language.current = "en";
  expect(day(at("2025-11-19T12:00:00"), NOW)).toBe("19 November");
  expect(longDay(at("2025-11-19T12:00:00"), NOW)).toBe("19 November, Wednesday");
  expect(weekdays()[0]).toBe("Mon");
});

describe("typed dates", () => {
  const check = (typed: string, expected: string | null) => it(typed, () => expect(readDate(typed, NOW)).toBe(expected === null ? null : at(`${expected}T00:00:00`)));
  check("19.11.2025", "2025-11-19");
  check("19.11", "2025-11-19");
  check("3/8/24", "2024-08-03");
  check("2025-02-28", "2025-02-28");
  check("вчера", "2025-11-20");
  check("30.02.2025", null);
  check("13.13.2025", null);
  check("01.01.1999", null);
  check("скоро", null);
});

it("days and months step by the calendar", () => {
  expect(dayStart(NOW)).toBe(at("2025-11-21T00:00:00"));
  expect(addDays(at("2025-11-30T00:00:00"), 1)).toBe(at("2025-12-01T00:00:00"));
  expect(addMonths(at("2025-12-01T00:00:00"), 1)).toBe(at("2026-01-01T00:00:00"));
});
