// The two languages as two buttons.

import { button, el } from "./dom";
import type { Lang } from "./format";
import { words } from "./words";

export function languageSwitch(current: Lang, speak: (lang: Lang) => void): HTMLElement {
  const one = (lang: Lang, name: string) =>
    button(name, () => lang !== current && speak(lang), { class: "btn s", lang, "aria-pressed": String(lang === current) });
  return el("span", { class: "langs", role: "group", "aria-label": words(current).language },
    one("ru", "Русский"), one("en", "English"));
}
