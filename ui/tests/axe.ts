// The accessibility rules that can be judged without a painted page: contrast is checked over the tokens instead.
import axe from "axe-core";
import { expect } from "vitest";

export async function expectAccessible(root: Element = document.body): Promise<void> {
  const { violations } = await axe.run(root, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
  const words = violations.map((one) => `${one.id}: ${one.help}\n${one.nodes.map((node) => node.html.slice(0, 200)).join("\n")}`);
  expect(words).toEqual([]);
}
