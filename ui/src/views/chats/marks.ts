// The marks in the margin: what to look at twice. Each has a sign and words, never a colour alone.

import type { Mark, MessageView } from "../../ipc";
import { t } from "../../text/index.svelte";

export interface MarginMark {
  sign: string;
  tone: "red" | "blue" | "green";
  words: string;
}

const SIGNS: Record<Mark, Pick<MarginMark, "sign" | "tone">> = {
  promise: { sign: "◆", tone: "blue" },
  question: { sign: "?", tone: "blue" },
  request: { sign: "→", tone: "blue" },
  agreement: { sign: "✓", tone: "green" },
};
const ORDER: Mark[] = ["promise", "question", "request", "agreement"];

export function marksOf(message: MessageView): MarginMark[] {
  const marks: MarginMark[] = [];
  if (message.deleted) marks.push({ sign: "✕", tone: "red", words: t("mark.deleted") });
  if (message.versions > 1 || message.editedAt !== null) marks.push({ sign: "✎", tone: "blue", words: t("mark.edited") });
  for (const mark of ORDER) if (message.marks.includes(mark)) marks.push({ ...SIGNS[mark], words: t(`mark.${mark}`) });
  return marks;
}
