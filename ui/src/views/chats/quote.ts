// How a message is copied as a quotation: words, who, when, and the link that opens it.

import type { MessageView } from "../../ipc";
import { date, time } from "../../text/dates";
import { t } from "../../text/index.svelte";
import { line } from "../../words/clean";
import { kindWords } from "./list";

export function senderName(message: { sender: string }): string {
  return line(message.sender) || t("sender.deleted");
}

export function quoteOf(message: MessageView): string {
  const words = message.text || kindWords(message.kind, message.media?.duration ?? null);
  const when = message.sentAt === null ? "" : `, ${date(message.sentAt)} ${time(message.sentAt)}`;
  return `${t("quoted", { words })}\n— ${senderName(message)}${when}\n${message.link}`;
}
