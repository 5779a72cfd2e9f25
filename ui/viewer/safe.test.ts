import { describe, expect, it } from "vitest";
import { nameOf, pieces, safeText } from "./safe";

const shown = (text: string, strict = false) => pieces(text, strict).map((p) => (p.control ? `[${p.text}]` : p.text)).join("");

describe("hidden characters", () => {
  it.each([
    ["счёт \u202efdp.exe", "счёт [U+202E]fdp.exe"],
    ["a\u200bb", "a[U+200B]b"],
    ["a\u2066b\u2069", "a[U+2066]b[U+2069]"],
    ["nul\u0000 esc\u001b", "nul[U+0000] esc[U+001B]"],
    ["one\u2028two\ufeff", "one[U+2028]two[U+FEFF]"],
    ["bell\u0085", "bell[U+0085]"],
    ["hidden\u{e0041}", "hidden[U+E0041]"],
    ["Ан\u200dна", "Ан[U+200D]на"],
    ["обычный текст\n\tи ё", "обычный текст\n\tи ё"],
    ["", ""],
  ])("%j", (text, expected) => expect(shown(text)).toBe(expected));

  it("leaves emoji and joined scripts whole", () => {
    for (const text of ["👩‍👩‍👧", "❤️‍🔥", "👩🏽‍💻", "می\u200cخواهم", "🏴\u{e0067}\u{e0062}\u{e007f}", "👍🏽"]) expect(shown(text, true)).toBe(text);
  });
  it("marks directions in names but not in right-to-left texts", () => {
    expect(shown("שלום\u200f!")).toBe("שלום\u200f!");
    expect(shown("Анна\u200f", true)).toBe("Анна[U+200F]");
  });
});

describe("nodes", () => {
  it("makes text of markup", () => {
    const box = document.createElement("div");
    box.append(...safeText("</script><img src=x onerror=alert(1)>"));
    expect(box.children.length).toBe(0);
    expect(box.textContent).toContain("<img");
  });
  it("shuts a name in its own direction and cuts a long one", () => {
    const name = nameOf(`\u202e${"я".repeat(1_000)}`, "—");
    expect(name.tagName).toBe("BDI");
    expect(name.textContent?.length).toBeLessThan(320);
    expect(name.textContent).not.toContain("\u202e");
    expect(name.title).not.toContain("\u202e");
    expect(nameOf("  ", "Удалённый аккаунт").textContent).toBe("Удалённый аккаунт");
  });
});
