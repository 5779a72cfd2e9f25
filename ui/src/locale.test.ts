import { expect, it } from "vitest";
import { usableLocale } from "./locale";

it.each([
  ["C", "en-GB"],
  ["", "en-GB"],
  [undefined, "en-GB"],
  ["POSIX_what", "en-GB"],
  ["ru-RU", "ru-RU"],
  ["en", "en"],
])("%s → %s", (reported, expected) => expect(usableLocale(reported)).toBe(expected));
