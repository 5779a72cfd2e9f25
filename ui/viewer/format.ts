// Dates, sizes and lengths of time in the reader's language. Locales are fixed here and never taken from the browser:
// `navigator.language` may be "C", on which Intl throws.

export type Lang = "ru" | "en";

const LOCALE = { ru: "ru-RU", en: "en-GB" } as const;

/** "ru" or "en" by what the browser says, null if it says neither. */
export function langOf(preferred: readonly string[]): Lang | null {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split(/[-_]/)[0];
    if (language === "ru" || language === "en") return language;
  }
  return null;
}

export interface Forms { one: string; few?: string; many?: string; other: string }

/** "5 сообщений": the number and the form that goes with it. */
export function counted(lang: Lang, n: number, forms: Forms): string {
  const rule = new Intl.PluralRules(LOCALE[lang]).select(n);
  const form = rule === "one" ? forms.one : rule === "few" ? forms.few : rule === "many" ? forms.many : undefined;
  return `${number(lang, n)} ${form ?? forms.other}`;
}

const numberFormats = { ru: new Intl.NumberFormat(LOCALE.ru), en: new Intl.NumberFormat(LOCALE.en) };
export function number(lang: Lang, n: number): string {
  return numberFormats[lang].format(n);
}

/** 0:42, 12:05, 1:02:03. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

const UNITS = { ru: ["Б", "КБ", "МБ", "ГБ", "ТБ"], en: ["B", "KB", "MB", "GB", "TB"] };
export function size(lang: Lang, bytes: number): string {
  let unit = 0;
  let value = Math.max(0, bytes);
  while (value >= 1024 && unit < 4) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 10 ? 0 : 1;
  const shown = new Intl.NumberFormat(LOCALE[lang], { maximumFractionDigits: digits }).format(value);
  return `${shown} ${UNITS[lang][unit] ?? ""}`;
}

/** Dates as people say them, in one zone. */
export interface Dates {
  zone: string;
  /** yyyy-mm-dd: sorts, and is what a date field speaks. */
  dayKey(seconds: number): string;
  time(seconds: number): string;
  /** "19 ноября, среда"; the year only when it is not that of the pack. */
  day(seconds: number): string;
  /** "19 нояб." */
  shortDay(seconds: number): string;
  /** "19 нояб. 10:12" */
  moment(seconds: number): string;
  /** "19 ноября 2025" */
  fullDay(seconds: number): string;
  /** The ends of an interval: the day once if it is one day, the year of neither if it is the pack's. */
  ends(from: number, to: number): [string, string];
}

export function dates(lang: Lang, zone: string, homeYear: string): Dates {
  const known = knownZone(zone);
  const format = (options: Intl.DateTimeFormatOptions) => {
    const made = new Intl.DateTimeFormat(LOCALE[lang], { ...options, timeZone: known });
    return (seconds: number) => made.format(clamped(seconds));
  };
  const iso = new Intl.DateTimeFormat("sv-SE", { year: "numeric", month: "2-digit", day: "2-digit", timeZone: known });
  const dayKey = (seconds: number) => iso.format(clamped(seconds));
  const time = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const dayMonth = format({ day: "numeric", month: "long" });
  const weekday = format({ weekday: "long" });
  const fullDay = (seconds: number) => `${dayMonth(seconds)} ${dayKey(seconds).split("-")[0]}`;
  const ownYear = (seconds: number) => dayKey(seconds).startsWith(homeYear);
  const shortMonth = format({ day: "numeric", month: "short" });
  const shortDay = (seconds: number) =>
    ownYear(seconds) ? shortMonth(seconds) : `${shortMonth(seconds)} ${dayKey(seconds).split("-")[0]}`;
  const moment = (seconds: number) => `${shortDay(seconds)} ${time(seconds)}`;
  return {
    zone: known ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
    dayKey, time, shortDay, moment, fullDay,
    day: (seconds) => {
      const day = ownYear(seconds) ? dayMonth(seconds) : fullDay(seconds);
      return lang === "ru" ? `${day}, ${weekday(seconds)}` : `${weekday(seconds)}, ${day}`;
    },
    ends: (from, to) => [moment(from), dayKey(from) === dayKey(to) ? time(to) : moment(to)],
  };
}

function knownZone(zone: string): string | undefined {
  if (zone === "") return undefined;
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** Milliseconds that a Date can hold: a hostile number must not throw in the middle of a page. */
function clamped(seconds: number): number {
  return Math.min(8.64e15, Math.max(-8.64e15, (Number.isFinite(seconds) ? seconds : 0) * 1000));
}
