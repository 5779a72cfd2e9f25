// The user's language and theme: kept in the browser's storage, written on <html>. "auto" follows the system.

import type { Lang } from "../ipc";
import { language } from "../text/index.svelte";

export type LangChoice = "auto" | Lang;
export type ThemeChoice = "auto" | "light" | "dark";

const LANG = "letopis.lang";
const THEME = "letopis.theme";

function stored<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
  try {
    const value = localStorage.getItem(key);
    return allowed.find((one) => one === value) ?? fallback;
  } catch {
    return fallback;
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is a convenience: without it the choice lasts until the window closes.
  }
}

export class Looks {
  lang = $state<LangChoice>(stored(LANG, ["auto", "ru", "en"], "auto"));
  theme = $state<ThemeChoice>(stored(THEME, ["auto", "light", "dark"], "auto"));

  apply(): void {
    language.current = this.lang === "auto" ? systemLang() : this.lang;
    const root = document.documentElement;
    root.lang = language.current;
    if (this.theme === "auto") delete root.dataset["theme"];
    else root.dataset["theme"] = this.theme;
  }

  setLang(choice: LangChoice): void {
    this.lang = choice;
    store(LANG, choice);
    this.apply();
  }

  setTheme(choice: ThemeChoice): void {
    this.theme = choice;
    store(THEME, choice);
    this.apply();
  }
}

function systemLang(): Lang {
  const wanted = navigator.languages?.length ? navigator.languages : [navigator.language];
  return wanted.some((tag) => /^(ru|be|uk|kk)\b/i.test(tag)) ? "ru" : "en";
}
