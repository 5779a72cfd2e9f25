import { describe, expect, it } from "vitest";
import { wordDiff } from "./diff";

function check(before: string, after: string, expected: string): void {
  it(`${before} → ${after}`, () => {
    const marks = { same: ["", ""], del: ["[-", "-]"], ins: ["{+", "+}"] };
    const drawn = wordDiff(before, after).map(({ op, text }) => `${marks[op][0]}${text}${marks[op][1]}`);
    expect(drawn.join("")).toBe(expected);
  });
}

describe("what an edit changed", () => {
  check("скидка 12%, доставка за наш счёт", "скидка 8%, доставка за наш счёт", "скидка [-12%-]{+8%+}, доставка за наш счёт");
  check("одно и то же", "одно и то же", "одно и то же");
  check("", "появилось", "{+появилось+}");
  check("исчезло", "", "[-исчезло-]");
  check("", "", "");
  check("до обеда", "до конца недели", "до [-обеда-]{+конца недели+}");
  check("Счёт на 1.5 млн", "Счёт на 2.5 млн", "Счёт на [-1.5-]{+2.5+} млн");
  check("а б в", "а в", "а [-б -]в");
  check("привет 🙂", "привет 🙃", "привет [-🙂-]{+🙃+}");
  check("שלום עולם", "שלום", "שלום[- עולם-]");
});

it("old and new can be read back from the difference", () => {
  const [before, after] = ["Анна, пришлите счёт и договор завтра", "Анна, пришлите, пожалуйста, договор и акт сегодня"];
  const changes = wordDiff(before, after);
  const read = (skip: string) => changes.filter((change) => change.op !== skip).map((change) => change.text).join("");
  expect(read("ins")).toBe(before);
  expect(read("del")).toBe(after);
});

it("a rewrite of a hundred thousand characters is replaced whole, at once", () => {
  const before = "раз ".repeat(25_000);
  const after = "два ".repeat(25_000);
  expect(wordDiff(before, after).map((change) => change.op)).toEqual(["del", "ins", "same"]);
});
