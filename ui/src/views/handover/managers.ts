// Managers of the archive's chats as choices, by name.

import type { ChatRow } from "../../ipc";
import { managerName } from "../chats/list";

export function managersOf(chats: readonly ChatRow[]): { value: string; label: string }[] {
  const names = new Map(chats.map((chat) => [chat.manager.id, managerName(chat.manager)]));
  return [...names].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label));
}
