// Managers of the archive's chats as choices, by name. Shared chats belong to no single manager and make no choice.

import type { ChatRow } from "../../ipc";
import { managerName } from "../chats/list";

export function managersOf(chats: readonly ChatRow[]): { value: string; label: string }[] {
  const owned = chats.filter((chat) => chat.manager.id !== "");
  const names = new Map(owned.map((chat) => [chat.manager.id, managerName(chat.manager)]));
  return [...names].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label));
}
