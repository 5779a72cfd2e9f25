import { describe, expect, it } from "vitest";
import { cut, HIDDEN_MARK, line, pieces } from "./clean";

function check(input: string, drawn: string): void {
  it(JSON.stringify(input), () => {
    const shown = pieces(input);
    expect(shown.map((piece) => piece.text).join("")).toBe(drawn);
  });
}

describe("what is drawn of a text", () => {
  check("Кирилл, добрый день", "Кирилл, добрый день");
  check("счёт\u202Efdp.exe", `счёт${HIDDEN_MARK}fdp.exe`);
  check("а\u200Bб\u200Bв", `а${HIDDEN_MARK}б${HIDDEN_MARK}в`);
  check("а\u200B\u200C\u2060\uFEFFб", `а${HIDDEN_MARK}б`);
  check("\u2067שלום\u2069", `${HIDDEN_MARK}שלום${HIDDEN_MARK}`);
  check("شكرا", "شكرا");
  check("👨‍👩‍👧 семья", "👨‍👩‍👧 семья");
  check("👩🏽‍💻", "👩🏽‍💻");
  check("❤️", "❤️");
  check("🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}");
  check("а\u{E0041}", `а${HIDDEN_MARK}`);
  check("а\u200Dб", `а${HIDDEN_MARK}б`);
  check("строка\r\nещё\u2028и ещё", "строка\nещё\nи ещё");
  check("ноль\u0000байт", `ноль${HIDDEN_MARK}байт`);
  check("сте\u00ADна", `сте${HIDDEN_MARK}на`);
  check("\u3164", HIDDEN_MARK);
  check("", "");
});

it("names what was hidden", () => {
  expect(pieces("\u202E\u200B")[0]?.hidden).toEqual(["U+202E", "U+200B"]);
});

it("a name of a megabyte is cut without being walked", () => {
  const name = line("Ы".repeat(1_000_000));
  expect(Array.from(name)).toHaveLength(201);
  expect(name.endsWith("…")).toBe(true);
});

it("a line has no breaks", () => {
  expect(line("Анна\n\n  Белова\t")).toBe("Анна Белова");
});

it("cutting never splits a character", () => {
  expect(cut("🙂🙂🙂", 2)).toEqual({ text: "🙂🙂", cut: true });
  expect(cut("🙂🙂🙂", 3).cut).toBe(false);
});
