import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("src/styles/tokens.css", "utf8");

function block(selector: string): Map<string, string> {
  const start = css.indexOf(selector + " {");
  expect(start, selector).toBeGreaterThanOrEqual(0);
  const body = css.slice(css.indexOf("{", start) + 1, css.indexOf("}", start));
  return new Map([...body.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

const light = block(":root");
const dark = block(':root[data-theme="dark"]');
const system = block(':root:not([data-theme="light"])');

function luminance(hex: string): number {
  const channel = (i: number) => {
    const value = parseInt(hex.slice(i, i + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [bright, dim] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
}

/** Text and what it stands on, anywhere in the interface. */
const PAIRS: [string, string][] = [
  ...["ink", "ink-2", "ink-3", "lapis", "cinnabar"].flatMap((text) => ["paper", "paper-raised", "paper-sunken"].map((ground): [string, string] => [text, ground])),
  ...["amber", "moss"].flatMap((text) => ["paper", "paper-raised", "paper-sunken"].map((ground): [string, string] => [text, ground])),
  ["ink", "lapis-soft"], ["ink-2", "lapis-soft"], ["lapis", "lapis-soft"],
  ["ink", "cinnabar-soft"], ["ink-2", "cinnabar-soft"], ["cinnabar", "cinnabar-soft"], ["lapis", "cinnabar-soft"],
  ["amber", "amber-soft"], ["ink", "amber-soft"], ["moss", "moss-soft"], ["paper-raised", "lapis"],
];

describe.each([["light", light], ["dark", dark]] as const)("text reads at AA, %s", (_, theme) => {
  it.each(PAIRS)("%s on %s", (text, ground) => {
    expect(contrast(theme.get(text) ?? "", theme.get(ground) ?? "")).toBeGreaterThanOrEqual(4.5);
  });
});

it("the system's dark and the chosen dark are the same", () => {
  expect([...system]).toEqual([...dark]);
});
