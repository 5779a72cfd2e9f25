import { describe, expect, it } from "vitest";
import { bareLinks, richText, runs, safeHref } from "./rich";

const html = (...args: Parameters<typeof richText>) => {
  const box = document.createElement("div");
  box.append(...richText(...args));
  return box;
};

describe("addresses", () => {
  it.each(["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x",
    "file:///etc/passwd", "vbscript:x", "blob:null/1", "tg://resolve", "mailto:a@b.example", "", "просто", "//host/x"])(
    "%j is not a link", (address) => expect(safeHref(address)).toBeNull());
  it("are links with http and https", () => {
    expect(safeHref("https://пример.рф/п")).toBe("https://xn--e1afmkfd.xn--p1ai/%D0%BF");
    expect(safeHref("HTTP://a.example")).toBe("http://a.example/");
  });
});

describe("bare links", () => {
  it.each([
    ["см. https://a.example/договор?x=1.", ["https://a.example/договор?x=1"]],
    ["(https://a.example)", ["https://a.example"]],
    ["«http://a.example», http://b.example!", ["http://a.example", "http://b.example"]],
    ["xhttps://a.example javascript:alert(1) www.a.example https://", []],
  ])("%j", (text, expected) => expect(bareLinks(text).map((link) => link.address)).toEqual(expected));
});

describe("runs", () => {
  it("count places in characters, not in UTF-16", () => {
    const [first, second] = runs("👍👍 да", [{ kind: "bold", start: 0, len: 2 }]);
    expect(first).toMatchObject({ start: 0, end: 4, styles: ["bold"] });
    expect(second).toMatchObject({ start: 4, styles: [] });
  });
  it("nest and overlap", () => {
    const all = runs("abcdef", [{ kind: "bold", start: 0, len: 4 }, { kind: "italic", start: 2, len: 4 }]);
    expect(all.map((run) => run.styles)).toEqual([["bold"], ["bold", "italic"], ["italic"]]);
  });
  it("stay inside the text whatever the numbers say", () => {
    for (const [start, len] of [[-5, 3], [0, 1e12], [99, 5], [2, -1], [0.5, 1]]) {
      const all = runs("привет", [{ kind: "bold", start: start ?? 0, len: len ?? 0 }]);
      expect(all.map((run) => "привет".slice(run.start, run.end)).join("")).toBe("привет");
    }
  });
  it("hold out against thousands of entities", () => {
    const many = Array.from({ length: 50_000 }, (_, at) => ({ kind: "bold", start: at, len: 3 }));
    expect(runs("x".repeat(60_000), many).at(-1)?.end).toBe(60_000);
  });
});

describe("link nodes", () => {
  it("lead out only with http, without a referrer", () => {
    const link = html("тут https://a.example/ ок", []).querySelector("a");
    expect(link?.href).toBe("https://a.example/");
    expect(link?.rel).toBe("noopener noreferrer");
  });
  it("show the address that words hide", () => {
    expect(html("жми", [{ kind: "text_link", start: 0, len: 3, value: "https://evil.example/a" }]).textContent).toBe("жми [evil.example]");
    const script = html("жми", [{ kind: "text_link", start: 0, len: 3, value: "javascript:alert(1)" }]);
    expect(script.querySelector("a")).toBeNull();
    expect(script.textContent).toBe("жми [javascript:alert(1)]");
  });
});
