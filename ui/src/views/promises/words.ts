// How a promise's due moment is said and coloured.

import type { PromiseView, Seconds } from "../../ipc";
import { moment, shortSpan, span } from "../../text/dates";
import { t } from "../../text/index.svelte";
import { standing } from "../../words/promise";

export function dueWords(promise: PromiseView, now: Seconds): string {
  if (standing(promise) === "late" && promise.dueAt !== null) return t("due.late", { span: span(now - promise.dueAt) });
  if (promise.dueAt === null) return t("due.none");
  return moment(promise.dueAt, now);
}

const SOON = 86_400;

export function dueTag(promise: PromiseView, now: Seconds): { tone: "red" | "amber" | "green" | "blue" | "plain"; words: string } {
  if (promise.state === "open") {
    const left = promise.dueAt === null ? null : promise.dueAt - now;
    if (left !== null && left >= 0 && left < SOON) return { tone: "amber", words: t("due.left", { span: shortSpan(left) }) };
    return { tone: "blue", words: t("promise.open") };
  }
  const stands = standing(promise);
  const tones = { open: "blue", kept: "green", keptLate: "green", late: "red", broken: "red", withdrawn: "plain" } as const;
  return { tone: tones[stands], words: t(`promise.${stands}`) };
}
