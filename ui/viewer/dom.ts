// Making elements. Text goes in as text nodes only; there is no way here to parse HTML.

export type Child = Node | string | null | undefined | false;
type Attributes = { [name: string]: string | number | boolean | undefined | ((event: never) => void) };

/** `class`, `title`, `aria-…` are attributes; a function under `onclick` and the like listens; true is a bare attribute. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.replace(/^on/, ""), value as EventListener);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

export function append(parent: ParentNode, children: Child[]): void {
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) parent.append(child);
  }
}

export function button(text: Child, onclick: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return el("button", { type: "button", onclick, ...attributes }, text);
}

/** Lets the browser draw what was changed before slow work holds it. */
export function painted(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
}
