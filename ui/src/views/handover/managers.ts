// Managers of the archive's chats as choices, by name. Shared chats count too; a manager whom no chat names makes no choice.

import type { ChatRow } from "../../ipc";
import { line } from "../../words/clean";

export function managersOf(chats: readonly ChatRow[]): { value: string; label: string }[] {
  const names = new Map<string, string>();
  for (const { manager } of chats) if (manager.id && line(manager.name) && !names.has(manager.id)) names.set(manager.id, line(manager.name));
  const ids = new Set(chats.flatMap((chat) => [chat.manager.id, ...chat.managers]));
  return [...ids].map((value) => ({ value, label: names.get(value) ?? "" })).filter((one) => one.label).sort((a, b) => a.label.localeCompare(b.label));
}
