// How the chat list groups, filters and words its rows.

import type { ChatRow, Manager, MessageView } from "../../ipc";
import { clock } from "../../text/dates";
import { known, t } from "../../text/index.svelte";
import { line } from "../../words/clean";
import { markedParts, type Mark, type Marked } from "../../words/entities";

export type ListItem = { type: "group"; manager: Manager; count: number } | { type: "chat"; chat: ChatRow };

export const itemKey = (item: ListItem): string => (item.type === "group" ? `group:${item.manager.id}` : item.chat.id);

const plain = (text: string) => text.toLowerCase().replaceAll("\u0451", "\u0435");

/** Chats by manager, the manager of the newest chat first; only those that hold every word of the filter. */
export function listItems(chats: readonly ChatRow[], filter: string): ListItem[] {
  const words = plain(filter).split(/\s+/).filter(Boolean);
  const groups = new Map<string, ChatRow[]>();
  for (const chat of chats) {
    const text = plain(`${chat.title} ${chat.manager.name} ${chat.lastText}`);
    if (!words.every((word) => text.includes(word))) continue;
    const group = groups.get(chat.manager.id);
    if (group) group.push(chat);
    else groups.set(chat.manager.id, [chat]);
  }
  return [...groups.values()].flatMap((group): ListItem[] => {
    const manager = group[0]?.manager ?? { id: "", name: "" };
    return [{ type: "group", manager, count: group.length }, ...group.map((chat): ListItem => ({ type: "chat", chat }))];
  });
}

/** The records of the same basic group by other accounts: `4001.group:55` and `4002.group:55`. */
export function otherRecords(chat: string, chats: readonly ChatRow[]): ChatRow[] {
  const group = /^\d+\.(group:\d+)$/.exec(chat)?.[1];
  return group ? chats.filter((one) => one.id !== chat && /^\d+\./.test(one.id) && one.id.endsWith(`.${group}`)) : [];
}

/** The manager to ask about a chat: its own, or the first of those who share it; empty when nobody is known. */
export const leaderOf = (chat: ChatRow): string => chat.manager.id || chat.managers[0] || "";
export const managerName = (manager: Manager): string => line(manager.name) || t("manager.unknown");
export const chatTitle = (title: string): string => line(title) || t("chat.untitled");

/** "Voice message, 0:42" for what has no text. */
export function kindWords(kind: string, duration: number | null = null): string {
  const key = `kind.${kind}`;
  const words = known(key) ? t(key as "kind.text") : t("kind.unsupported");
  return duration ? `${words}, ${clock(duration)}` : words;
}

/** The name of what a message carries, with marks in it. A recording's own says nothing: the exporting program made it up. */
export function carriedName(message: MessageView, marks: readonly Mark[]): Marked[] {
  const written = message.kind === "voice" || message.kind === "video_note" ? "" : (message.media?.fileName ?? "");
  const name = line(written);
  // A name that is not drawn as it is written cannot be marked by place.
  return name ? markedParts(name, name === written ? marks : []) : [];
}

export function lastWords(chat: ChatRow): string {
  if (chat.vanished) return t("chat.vanished");
  const said = line(chat.lastText, 160) || (chat.messages ? kindWords(chat.lastKind) : t("chat.empty"));
  const who = line(chat.lastSender).split(" ")[0];
  return chat.lastDirection === "out" && who ? `${who}: ${said}` : said;
}
