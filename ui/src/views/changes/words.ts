// How a change is worded: when, from where, what became of the text.

import type { ChangeView, Seconds } from "../../ipc";
import { near } from "../../text/dates";
import { known, t } from "../../text/index.svelte";
import { line } from "../../words/clean";
import { kindWords } from "../chats/list";

const MINUTE = 60;
/** "12:40" today, "19 Nov 12:40" on another day. */
const at = (moment: Seconds, now: Seconds): string => near(moment, now, now);

/** "still there 12:40, gone 18:05": a deletion found later is an interval, not a time. */
export function whenWords(change: ChangeView, now: Seconds): string {
  if (change.sort === "edited") return t("change.editedAt", { at: at(change.from, now) });
  if (change.to - change.from < MINUTE) return t("change.goneAt", { at: at(change.to, now) });
  return t("change.gone", { from: at(change.from, now), to: near(change.to, change.from, now) });
}

export function sourceWords(name: string): string {
  return known(`source.${name}`) ? t(`source.${name}` as "source.live") : name;
}

export function massWords(change: ChangeView): string {
  return change.vanished ? t("change.vanished", { n: change.count }) : t("change.mass", { n: change.count });
}

/** What stands for a text that is not there: a voice message, a photo. */
export function textOrKind(text: string, kind: string): string {
  return text || (kind && kind !== "text" ? kindWords(kind) : t("change.noText"));
}

/** A row in a few words, for the label of its checkbox. */
export function briefWords(change: ChangeView): string {
  return line(`${change.chatTitle}: ${change.sort === "mass" ? massWords(change) : textOrKind(change.before, change.kind)}`, 120);
}
