// Keys that work on every screen. Letters are read by place on the keyboard, so that they work in a Russian layout too.

import { SCREENS, type App } from "../../state/app.svelte";

export function inField(event: KeyboardEvent): boolean {
  const at = event.target;
  if (at instanceof HTMLInputElement) return !/^(checkbox|radio|button)$/.test(at.type);
  return at instanceof HTMLElement && (at.isContentEditable || /^(TEXTAREA|SELECT)$/.test(at.tagName));
}

export const isSlash = (event: KeyboardEvent): boolean => event.key === "/" || (event.code === "Slash" && !event.shiftKey);
const isQuestion = (event: KeyboardEvent): boolean => event.key === "?" || (event.code === "Slash" && event.shiftKey);

/** Returns whether the key was taken. */
export function onShellKey(event: KeyboardEvent, app: App): boolean {
  if (event.defaultPrevented || event.altKey) return false;
  const act = event.ctrlKey || event.metaKey ? withControl(event) : plain(event);
  if (!act) return false;
  const taken = act(app);
  if (taken) event.preventDefault();
  return taken;
}

type Act = (app: App) => boolean;
const done = (work: (app: App) => unknown): Act => (app) => {
  work(app);
  return true;
};

function withControl(event: KeyboardEvent): Act | null {
  if (event.code === "KeyK") return done((app) => app.search());
  if (event.code === "KeyL") return done((app) => app.lock());
  const digit = /^Digit([1-9])$/.exec(event.code);
  const screen = digit ? SCREENS[Number(digit[1]) - 1] : undefined;
  return screen ? done((app) => app.go(screen)) : null;
}

function plain(event: KeyboardEvent): Act | null {
  if (event.key === "Escape") return (app) => !document.querySelector("dialog[open]") && (app.dismiss?.() || app.goBack());
  if (inField(event)) return null;
  if (isQuestion(event)) return done((app) => (app.shortcuts = true));
  if (isSlash(event)) return done((app) => (app.screen === "chats" ? app.focusFilter++ : app.search()));
  return null;
}
