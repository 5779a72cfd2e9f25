// Times as people say them, in the window's language and the machine's time zone. Every function takes `now` where it
// matters, so that the same input always reads the same.

import type { Seconds } from "../ipc";
import { language, t } from "./index.svelte";

const DAY = 86_400;
/** Russian dates with a year end in a space and the letter for "year". */
const YEAR_WORD = /\s\u0433\.$/;
const cache = new Map<string, Intl.DateTimeFormat>();

function format(at: Seconds, options: Intl.DateTimeFormatOptions): string {
  const key = language.locale + JSON.stringify(options);
  let formatter = cache.get(key);
  if (!formatter) cache.set(key, (formatter = new Intl.DateTimeFormat(language.locale, options)));
  return formatter.format(at * 1000).replace(YEAR_WORD, "");
}

/** Local midnight of the day that holds the moment. */
export function dayStart(at: Seconds): Seconds {
  const date = new Date(at * 1000);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() / 1000;
}

/** Local midnight `days` later; right across a change of clocks. */
export function addDays(day: Seconds, days: number): Seconds {
  const date = new Date(day * 1000);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime() / 1000;
}

export function addMonths(day: Seconds, months: number): Seconds {
  const date = new Date(day * 1000);
  return new Date(date.getFullYear(), date.getMonth() + months, date.getDate()).getTime() / 1000;
}

/** "14:02" */
export function time(at: Seconds): string {
  return format(at, { hour: "2-digit", minute: "2-digit" });
}

const sameYear = (a: Seconds, b: Seconds) => new Date(a * 1000).getFullYear() === new Date(b * 1000).getFullYear();
const daysBetween = (at: Seconds, now: Seconds) => Math.round((dayStart(now) - dayStart(at)) / DAY);

/** "сегодня", "вчера", "19 ноября", "19 ноября 2024": within a sentence. */
export function day(at: Seconds, now: Seconds): string {
  const ago = daysBetween(at, now);
  if (ago === 0) return t("date.today");
  if (ago === 1) return t("date.yesterday");
  if (ago === -1) return t("date.tomorrow");
  return format(at, { day: "numeric", month: "long", ...(sameYear(at, now) ? {} : { year: "numeric" }) });
}

/** "19 нояб.": where there is little room. */
export function shortDay(at: Seconds, now: Seconds): string {
  return format(at, { day: "numeric", month: "short", ...(sameYear(at, now) ? {} : { year: "numeric" }) });
}

/** "19 ноября, среда": the separator between days of a chat. */
export function longDay(at: Seconds, now: Seconds): string {
  const ago = daysBetween(at, now);
  const weekday = format(at, { weekday: "long" });
  const date = format(at, { day: "numeric", month: "long", ...(sameYear(at, now) ? {} : { year: "numeric" }) });
  return ago === 0 || ago === 1 ? `${day(at, now)}, ${date}` : `${date}, ${weekday}`;
}

/** For lists: "14:02" today, "вчера", "чт" within a week, then a date. */
export function listTime(at: Seconds, now: Seconds): string {
  const ago = daysBetween(at, now);
  if (ago === 0) return time(at);
  if (ago === 1) return t("date.yesterday");
  if (ago > 1 && ago < 7) return format(at, { weekday: "short" });
  return sameYear(at, now) ? shortDay(at, now) : date(at);
}

/** "19.11.2025": fields and places where order matters more than ease. */
export function date(at: Seconds): string {
  return format(at, { day: "2-digit", month: "2-digit", year: "numeric" });
}

/** "сегодня, 14:02", "19 нояб., 14:02" */
export function moment(at: Seconds, now: Seconds): string {
  const ago = daysBetween(at, now);
  return `${Math.abs(ago) <= 1 ? day(at, now) : shortDay(at, now)}, ${time(at)}`;
}

/** "12:40" on the reference's own day, "19 нояб. 12:40" on another: the ends of an interval. */
export function near(at: Seconds, reference: Seconds, now: Seconds): string {
  return dayStart(at) === dayStart(reference) ? time(at) : `${shortDay(at, now)} ${time(at)}`;
}

/** "1–20 ноября", "28 окт. – 20 нояб."; `to` is exclusive. */
export function period(from: Seconds, to: Seconds, now: Seconds): string {
  const last = dayStart(to - 1);
  if (dayStart(from) === last) return day(from, now);
  const [a, b] = [new Date(from * 1000), new Date(last * 1000)];
  if (a.getMonth() === b.getMonth() && a.getFullYear() === b.getFullYear()) {
    return `${a.getDate()}–${format(last, { day: "numeric", month: "long", ...(sameYear(last, now) ? {} : { year: "numeric" }) })}`;
  }
  return `${shortDay(from, now)} – ${shortDay(last, now)}`;
}

/** "2026-11-22" of the local day, for names of files. */
export function isoDay(at: Seconds): string {
  const day = new Date(at * 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** "ноябрь 2025" from "2025-11". */
export function month(value: string): string {
  const [year, index] = value.split("-").map(Number);
  return year && index ? format(new Date(year, index - 1, 15).getTime() / 1000, { month: "long", year: "numeric" }) : value;
}

/** Short weekday names from Monday. */
export function weekdays(): string[] {
  return Array.from({ length: 7 }, (_, i) => format(new Date(2024, 0, 1 + i, 12).getTime() / 1000, { weekday: "short" }));
}

/** "8 мин", "3 ч 10 мин", "2 дн 4 ч": two largest units. */
export function span(seconds: number): string {
  const minutes = Math.max(0, Math.round(seconds / 60));
  if (minutes < 1) return t("span.less");
  if (minutes < 60) return t("span.m", { n: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? t("span.hm", { h: hours, m: minutes % 60 }) : t("span.h", { n: hours });
  const days = Math.floor(hours / 24);
  return hours % 24 && days < 10 ? t("span.dh", { d: days, h: hours % 24 }) : t("span.d", { n: days });
}

/** "3 ч", "2 дн": one unit, for tags. */
export function shortSpan(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return t("span.m", { n: minutes });
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? t("span.h", { n: hours }) : t("span.d", { n: Math.floor(hours / 24) });
}

/** "0:42" of a voice message, "1:05:09" of a call. */
export function clock(seconds: number): string {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), Math.floor(seconds % 60)];
  const two = (n: number) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** What a person typed into a date field: 19.11.2025, 19.11, 19/11/25, 2025-11-19. Local midnight, or null. */
export function readDate(typed: string, now: Seconds): Seconds | null {
  const text = typed.trim().toLowerCase();
  if (text === t("date.today")) return dayStart(now);
  if (text === t("date.yesterday")) return addDays(dayStart(now), -1);
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  const people = /^(\d{1,2})[./\-\s](\d{1,2})(?:[./\-\s](\d{2}|\d{4}))?\.?$/.exec(text);
  if (iso) return real(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  if (!people) return null;
  const year = people[3] ? Number(people[3]) : new Date(now * 1000).getFullYear();
  return real(year < 100 ? 2000 + year : year, Number(people[2]), Number(people[1]));
}

function real(year: number, monthNumber: number, dayNumber: number): Seconds | null {
  const made = new Date(year, monthNumber - 1, dayNumber);
  const exact = made.getFullYear() === year && made.getMonth() === monthNumber - 1 && made.getDate() === dayNumber;
  return exact && year >= 2013 ? made.getTime() / 1000 : null;
}
