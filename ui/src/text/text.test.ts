import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { en } from "./en";
import { language, size, t, type Entry } from "./index.svelte";
import { ru } from "./ru";

const holes = (entry: Entry) => [...new Set((typeof entry === "string" ? entry : entry.other).match(/\{\w+\}/g))].sort();

it("both languages have the same keys, holes and kinds of entries", () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(ru).sort());
  for (const [key, entry] of Object.entries(ru) as [keyof typeof ru, Entry][]) {
    expect(holes(en[key]), key).toEqual(holes(entry));
    expect(typeof en[key], key).toBe(typeof entry);
    if (typeof entry !== "string") expect(Object.keys(entry), key).toEqual(["one", "few", "many", "other"]);
  }
});

it("every reason for which the engine writes a gap has words in both languages", () => {
  const union = /export type GapReason = ([^;]+);/.exec(readFileSync("src/ipc/bindings.ts", "utf8"))?.[1] ?? "";
  const reasons = [...union.matchAll(/"([a-z-]+)"/g)].map((found) => `coverage.why.${found[1]}`);
  expect(reasons).toContain("coverage.why.no-access");
  expect(reasons.filter((key) => !Object.hasOwn(ru, key) || !Object.hasOwn(en, key))).toEqual([]);
});

it("no Cyrillic stands outside the tables of words", () => {
  const files = (dir: string): string[] => readdirSync(dir).flatMap((name) => (statSync(join(dir, name)).isDirectory() ? files(join(dir, name)) : [join(dir, name)]));
  const strays = files("src")
    .filter((file) => /\.(ts|svelte|css)$/.test(file) && !/^src\/(text|ipc\/fake)\/|\.test\.ts$/.test(file.replaceAll("\\", "/")))
    .filter((file) => /[\u0400-\u04FF]/.test(readFileSync(file, "utf8")));
  expect(strays).toEqual([]);
});

describe("plurals in Russian", () => {
  beforeEach(() => {
    language.current = "ru";
  });
  const check = (n: number, expected: string) => it(String(n), () => expect(t("count.messages", { n }).replace(/\s/g, " ")).toBe(expected));
  check(0, "0 сообщений");
  check(1, "1 сообщение");
  check(2, "2 сообщения");
  check(5, "5 сообщений");
  check(11, "11 сообщений");
  check(21, "21 сообщение");
  check(22, "22 сообщения");
  check(112, "112 сообщений");
  check(1_284_903, "1 284 903 сообщения");
});

describe("plurals in English", () => {
  beforeEach(() => {
    language.current = "en";
  });
  const check = (n: number, expected: string) => it(String(n), () => expect(t("count.chats", { n })).toBe(expected));
  check(0, "0 chats");
  check(1, "1 chat");
  check(21, "21 chats");
  check(1200, "1,200 chats");
});

it("sizes", () => {
  language.current = "ru";
  expect([1, 512, 2048, 1_482_113, 3 * 1024 ** 3].map((bytes) => size(bytes).replace(/\s/g, " "))).toEqual(["1 байт", "512 байт", "2 КБ", "1,4 МБ", "3 ГБ"]);
});
