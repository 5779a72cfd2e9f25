// Builds the fake's chats and messages: the same bytes every time, from a small counter-based generator.

import type { ChatRow, Direction, MessageView, PromiseView, VersionView } from "../bindings";
import { CHATS, IN_LINES, MANAGERS, OUT_LINES, type Ending, type FakeChat } from "./people";

/** Friday, 21 November 2025, 11:00 in Moscow. */
export const NOW = 1_763_712_000;
const MINUTE = 60;
const DAY = 86_400;

export interface World {
  chats: ChatRow[];
  messages: Map<string, MessageView[]>;
  promises: PromiseView[];
  versions: Map<string, VersionView[]>;
}

function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function buildWorld(): World {
  const world: World = { chats: [], messages: new Map(), promises: [], versions: new Map() };
  CHATS.forEach((chat, index) => addChat(world, chat, index));
  world.chats.sort((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0));
  world.promises.sort((a, b) => (a.dueAt ?? Infinity) - (b.dueAt ?? Infinity) || a.at - b.at);
  return world;
}

function addChat(world: World, chat: FakeChat, index: number): void {
  const manager = MANAGERS[chat.manager] ?? { id: "", name: "" };
  const id = `${manager.id}.user:${101 + index}`;
  const roll = dice(index + 1);
  const rows: MessageView[] = [];
  const last = Math.max(...chat.ending.map((one) => one.ago)) * MINUTE;
  const start = NOW - 110 * DAY;
  const count = chat.size - chat.ending.length;
  let at = start;
  for (let i = 0; i < count; i++) {
    at += ((NOW - last - 3600 - start) / count) * (0.2 + 1.6 * roll()) * (roll() < 0.6 ? 0.15 : 2.2) * 0.94;
    rows.push(plainMessage(id, chat, manager.name, i, Math.round(Math.min(at, NOW - last - 3600)), roll, rows));
  }
  chat.ending.forEach((ending, i) => rows.push(endingMessage(world, id, chat, manager.name, count + i, ending)));
  if (chat.vanished) for (const row of rows) row.deleted ??= { from: NOW - 16 * 3600, to: NOW - 15.75 * 3600, source: "reconcile", cause: "chat-vanished" };
  world.messages.set(id, rows);
  addVersions(world, rows);
  addPromises(world, chat, id, manager.name, rows);
  world.chats.push(rowOf(chat, id, manager, rows));
}

function blank(chat: string, number: number, at: number, out: boolean, sender: string): MessageView {
  const direction: Direction = out ? "out" : "in";
  return {
    link: `letopis:${chat}/${number}`, chat, id: String(number), sender, direction, sentAt: at, editedAt: null, kind: "text", text: "", entities: [],
    media: null, service: null, reply: null, forwardedFrom: null, deleted: null, versions: 1, reactions: [], marks: [],
  };
}

function plainMessage(id: string, chat: FakeChat, manager: string, i: number, at: number, roll: () => number, rows: MessageView[]): MessageView {
  const out = roll() < 0.5;
  const lines = out ? OUT_LINES : IN_LINES;
  const message = blank(id, i + 1, at, out, out ? manager : chat.client);
  message.text = lines[Math.floor(roll() * lines.length)] ?? "";
  if (i === 0) return { ...message, text: "", kind: "service", service: { action: "joined_telegram", detail: "" } };
  if (/\?$/.test(message.text) && !out) message.marks.push("question");
  const chance = roll();
  const answered = rows.at(-1);
  if (chance < 0.08 && answered?.text) message.reply = { link: answered.link, sender: answered.sender, text: answered.text };
  else if (chance < 0.11) message.media = { fileName: null, size: 84_000 + i * 91, duration: 12 + (i % 70), emoji: null, width: null, height: null, state: "kept" };
  else if (chance < 0.13) message.media = { fileName: `Счёт_${i}.pdf`, size: 212_000 + i * 77, duration: null, emoji: null, width: null, height: null, state: i % 2 ? "kept" : "notFound" };
  else if (chance < 0.15) message.media = { fileName: null, size: 1_900_000, duration: null, emoji: null, width: 1280, height: 960, state: i % 2 ? "kept" : "leftOut" };
  else if (chance < 0.165) message.deleted = { from: at + 1800, to: at + 9000, source: "reconcile", cause: "unknown" };
  else if (chance < 0.19) Object.assign(message, { editedAt: at + 1500, versions: 2 });
  else if (chance < 0.21) message.reactions.push({ mark: "👍", count: 1 + (i % 3) });
  else if (chance < 0.22) message.forwardedFrom = "Бухгалтерия";
  if (message.media) message.kind = message.media.duration ? "voice" : message.media.fileName ? "file" : "photo";
  if (message.kind === "voice") message.text = "";
  return message;
}

function endingMessage(world: World, id: string, chat: FakeChat, manager: string, i: number, ending: Ending): MessageView {
  const at = NOW - ending.ago * MINUTE;
  const message = blank(id, i + 1, at, ending.out, ending.out ? manager : chat.client);
  message.text = ending.text;
  message.kind = ending.kind ?? "text";
  message.marks = ending.marks ?? [];
  if (ending.duration) message.media = { fileName: null, size: 96_000, duration: ending.duration, emoji: null, width: null, height: null, state: "kept" };
  if (ending.file) message.media = { fileName: ending.file, size: 148_480, duration: null, emoji: null, width: null, height: null, state: "kept" };
  if (ending.kind === "sticker") message.media = { fileName: null, size: 24_000, duration: null, emoji: "👌", width: null, height: null, state: "kept" };
  if (ending.kind === "photo") message.media = { fileName: null, size: 2_400_000, duration: null, emoji: null, width: 960, height: 1280, state: "kept" };
  if (ending.deletedAfter) message.deleted = { from: at + ending.deletedAfter[0] * MINUTE, to: at + ending.deletedAfter[1] * MINUTE, source: "reconcile", cause: "unknown" };
  if (ending.was) {
    message.versions = 2;
    message.editedAt = at + 369 * MINUTE;
    world.versions.set(message.link, [
      { number: 1, text: ending.was, at, seenAt: at + 60, source: "live" },
      { number: 2, text: ending.text, at: message.editedAt, seenAt: message.editedAt + 60, source: "live" },
    ]);
  }
  return message;
}

function addVersions(world: World, rows: MessageView[]): void {
  for (const row of rows) {
    if (row.versions < 2 || world.versions.has(row.link) || row.sentAt === null) continue;
    const words = row.text.split(" ");
    world.versions.set(row.link, [
      { number: 1, text: [...words.slice(0, -1), "скоро"].join(" "), at: row.sentAt, seenAt: row.sentAt + 60, source: "import" },
      { number: 2, text: row.text, at: row.editedAt, seenAt: (row.editedAt ?? row.sentAt) + 60, source: "import" },
    ]);
  }
}

function addPromises(world: World, chat: FakeChat, id: string, manager: string, rows: MessageView[]): void {
  for (const promise of chat.promises ?? []) {
    const said = rows.findLast((row) => row.direction === "out" && row.text.includes(promise.quote)) ?? rows.findLast((row) => row.direction === "out" && row.text);
    const proof = promise.state === "kept" ? rows.at(-1) : undefined;
    if (!said) continue;
    world.promises.push({
      link: said.link, chat: id, chatTitle: chat.title, manager, author: "manager", quote: promise.quote, at: said.sentAt ?? NOW,
      dueAt: promise.due === null ? null : NOW + promise.due * 3600, dueText: promise.dueText, state: promise.state,
      closedBy: proof ? { link: proof.link, at: proof.sentAt ?? NOW } : null,
    });
  }
}

function rowOf(chat: FakeChat, id: string, manager: { id: string; name: string }, rows: MessageView[]): ChatRow {
  const last = rows.at(-1);
  const promises = chat.promises ?? [];
  return {
    id, title: chat.title, kind: chat.kind, manager, managers: manager.id ? [manager.id] : [], messages: rows.length,
    deleted: rows.filter((row) => row.deleted).length, edited: rows.filter((row) => row.versions > 1).length,
    firstAt: rows[0]?.sentAt ?? null, lastAt: last?.sentAt ?? null,
    vanished: chat.vanished ? { from: NOW - 16 * 3600, to: NOW - 15.75 * 3600 } : null,
    lastText: last?.text ?? "", lastKind: last?.kind ?? "text", lastDirection: last?.direction ?? "in", lastSender: last?.sender ?? "",
    waitingSince: chat.waiting ? (rows.findLast((row) => row.direction === "in")?.sentAt ?? null) : null,
    openPromises: promises.filter((one) => one.state === "open").length,
    latePromises: promises.filter((one) => one.state === "late").length,
  };
}
