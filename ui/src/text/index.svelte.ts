// Words of the interface in the user's language. `t` is typed by the Russian table: a missing key or hole is a type error.
// The language is reactive state, so a change redraws every visible word.

import type { Lang } from "../ipc";
import { en } from "./en";
import { ru } from "./ru";

export interface Plural {
  one: string;
  few?: string;
  many?: string;
  other: string;
}
export type Entry = string | Plural;
export type Key = keyof typeof ru;

type Holes<S> = S extends `${string}{${infer Hole}}${infer Rest}` ? Hole | Holes<Rest> : never;
type HolesOf<E> = E extends string ? Holes<E> : E extends { other: infer Other } ? "n" | Holes<Other> : never;
type Values<K extends Key> = [HolesOf<(typeof ru)[K]>] extends [never]
  ? []
  : [values: Record<HolesOf<(typeof ru)[K]>, string | number>];

const TABLES: Record<Lang, Record<Key, Entry>> = { ru, en };
/** Formats of dates and numbers: people of both languages here read day before month and 24 hours. */
const LOCALES: Record<Lang, string> = { ru: "ru-RU", en: "en-GB" };

class Language {
  current = $state<Lang>("ru");
  locale = $derived(LOCALES[this.current]);
  rules = $derived(new Intl.PluralRules(this.locale));
  numbers = $derived(new Intl.NumberFormat(this.locale));
}

export const language = new Language();

export function t<K extends Key>(key: K, ...[values]: Values<K>): string {
  const entry: Entry = TABLES[language.current][key];
  const holes: Record<string, string | number> = values ?? {};
  const form = typeof entry === "string" ? entry : pick(entry, Number(holes["n"]));
  return form.replace(/\{(\w+)\}/g, (_, hole: string) => shown(holes[hole]));
}

function pick(entry: Plural, n: number): string {
  const rule = language.rules.select(n);
  return (rule === "one" || rule === "few" || rule === "many" ? entry[rule] : undefined) ?? entry.other;
}

function shown(value: string | number | undefined): string {
  return typeof value === "number" ? number(value) : (value ?? "");
}

export function number(value: number): string {
  return language.numbers.format(value);
}

/** Whether a name from the shell (a message kind, a request's class) has words here. */
export function known(key: string): key is Key {
  return Object.hasOwn(ru, key);
}

/** "1,4 МБ": bytes for people. */
export function size(bytes: number): string {
  if (bytes < 1024) return t("size.b", { n: bytes });
  const kilo = bytes / 1024;
  if (kilo < 1024) return t("size.kb", { value: round(kilo) });
  return kilo < 1024 * 1024 ? t("size.mb", { value: round(kilo / 1024) }) : t("size.gb", { value: round(kilo / 1024 / 1024) });
}

function round(value: number): string {
  return new Intl.NumberFormat(language.locale, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}
