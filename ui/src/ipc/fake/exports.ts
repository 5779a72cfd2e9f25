// Invented exports: what looking into one shows, and what importing it reports.

import type { ImportPreview, ImportReport, SourcePreview } from "../bindings";
import { CHATS } from "./people";
import { NOW } from "./world";

const DAY = 86_400;

export function look(path: string, more: Partial<ImportPreview> = {}): SourcePreview {
  if (path.includes("missing")) return { path, preview: null, failure: "Файл не найден. Архив не изменился. Проверьте путь." };
  const chats = CHATS.map((chat, key) => ({
    key, title: chat.title, kind: chat.kind, messages: chat.size, firstAt: NOW - 110 * DAY, lastAt: NOW - key * DAY, files: Math.floor(chat.size / 9), known: key % 4 ? 0 : chat.size,
  }));
  const sum = (of: (chat: (typeof chats)[number]) => number) => chats.reduce((all, chat) => all + of(chat), 0);
  return {
    path,
    failure: null,
    preview: {
      format: "telegram-json", chats, messages: sum((chat) => chat.messages), kilobytes: 184_320, firstAt: NOW - 110 * DAY, lastAt: NOW, owner: { id: "4001", name: "Анна Белова", messages: 1_204 },
      guesses: [], needsTimezone: false, files: sum((chat) => chat.files), filesKilobytes: 96_400, filesLeftOut: 14,
      problems: [{ place: "chats.list[7].messages[1182] (line 9120, byte 402113)", why: "сообщение записано с ошибкой и пропущено" }], moreProblems: 0, salvaged: false, ...more,
    },
  };
}

export function report(source: string, counts: Partial<ImportReport>): ImportReport {
  return {
    source, failure: null, chats: 0, messages: 0, newVersions: 0, unchanged: 0, media: source === "demo" ? 0 : 318, mediaNew: 318, mediaMissing: source === "demo" ? 0 : 2,
    notInExport: source === "demo" ? 0 : 12, salvaged: false, cancelled: false, lost: 1,
    skipped: [{ place: "chats.list[7].messages[1182] (line 9120, byte 402113)", why: "сообщение записано с ошибкой и пропущено" }],
    notes: source === "demo" ? [] : [{ place: "photos/photo_7@16-05-2025.jpg", why: "файла нет рядом с выгрузкой" }],
    ...counts,
  };
}
