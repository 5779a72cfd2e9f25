import { describe, expect, it } from "vitest";
import { markedParts, markedPieces, stretches } from "./entities";

const entity = (kind: string, start: number, len: number) => ({ kind, start, len });

describe("formatting", () => {
  it("counts characters, not UTF-16 units", () => {
    expect(stretches("🙂 важно", [entity("bold", 2, 5)])).toEqual([
      { text: "🙂 ", looks: [] },
      { text: "важно", looks: ["bold"] },
    ]);
  });
  it("overlaps", () => {
    expect(stretches("абвг", [entity("bold", 0, 3), entity("italic", 2, 2)])).toEqual([
      { text: "аб", looks: ["bold"] },
      { text: "в", looks: ["bold", "italic"] },
      { text: "г", looks: ["italic"] },
    ]);
  });
  it("links of every kind look alike and lead nowhere", () => {
    expect(stretches("javascript:alert(1)", [entity("text_link", 0, 19)])).toEqual([{ text: "javascript:alert(1)", looks: ["link"] }]);
  });
  it("stretches outside the text, empty and unknown ones are ignored", () => {
    expect(stretches("текст", [entity("bold", 90, 5), entity("bold", 1, 0), entity("rainbow", 0, 5)])).toEqual([{ text: "текст", looks: [] }]);
  });
  it("a hundred thousand entities end", () => {
    const many = Array.from({ length: 100_000 }, (_, i) => entity("bold", i % 100, 1));
    expect(stretches("а".repeat(100), many).map((one) => one.text).join("")).toBe("а".repeat(100));
  });
});

describe("marks of a snippet", () => {
  it("sorted, overlapping or outside", () => {
    const parts = markedParts("скидка 8% на партию", [{ start: 7, len: 2 }, { start: 0, len: 6 }, { start: 5, len: 3 }, { start: 90, len: 2 }]);
    expect(parts.filter((part) => part.marked).map((part) => part.text)).toEqual(["скидка", " 8", "%"]);
    expect(parts.map((part) => part.text).join("")).toBe("скидка 8% на партию");
  });
  it("a text in pieces is marked as if it were whole, across their borders and behind emoji", () => {
    const pieces = ["🙂 скид", "ка 8", "% на", " партию"];
    const marks = [{ start: 2, len: 6 }, { start: 9, len: 2 }, { start: 15, len: 6 }];
    const take = markedPieces(marks);
    const drawn = pieces.map((piece) => take(piece).map((part) => (part.marked ? `[${part.text}]` : part.text)).join(""));
    expect(drawn).toEqual(["🙂 [скид]", "[ка] [8]", "[%] на", " [партию]"]);
  });
});
