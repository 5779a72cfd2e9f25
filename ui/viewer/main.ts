// The viewer of a handover pack: runs inside the pack's own page, asks the network nothing, stores nothing.

import "./viewer.css";
import { App } from "./app";
import { langOf, type Lang } from "./format";
import { Start } from "./start";

function run(): void {
  const root = document.querySelector("#app");
  const about = document.querySelector<HTMLElement>("#about");
  if (root === null) return;
  about?.remove();
  const preferred: Lang | null = langOf(navigator.languages ?? [navigator.language]);
  const first = preferred ?? "ru";
  const start = new Start(first, about, (pack, chosen) => {
    // The browser speaks neither language and the reader has not chosen: the pack's own words decide.
    const lang = preferred === null && chosen === first ? pack.lang : chosen;
    root.replaceChildren(new App(pack, lang, Math.floor(Date.now() / 1000)).element);
  });
  root.replaceChildren(start.element);
  document.querySelector<HTMLInputElement>("#passphrase")?.focus();
}

// The script stands before the payload, so that a file cut short still gets here.
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", run);
else run();
