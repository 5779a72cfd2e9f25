// Splits a message's text into stretches of one look each. Offsets are Unicode scalar values; a stretch outside the text,
// an unknown kind or a hundred thousand of them cannot break the drawing. No stretch ever becomes an address to open.

import type { EntityView } from "../ipc/bindings";

export const LOOKS = ["bold", "italic", "underline", "strikethrough", "code", "pre", "spoiler", "blockquote", "link"] as const;
export type Look = (typeof LOOKS)[number];

export interface Stretch {
  text: string;
  looks: Look[];
}

const ENTITY_LIMIT = 2000;
const LINKS = new Set(["mention", "mention_name", "hashtag", "cashtag", "bot_command", "link", "text_link", "email", "phone", "bank_card"]);

function lookOf(kind: string): Look | null {
  if (LINKS.has(kind)) return "link";
  return (LOOKS as readonly string[]).includes(kind) ? (kind as Look) : null;
}

export function stretches(text: string, entities: readonly EntityView[]): Stretch[] {
  const chars = Array.from(text);
  const known = entities.slice(0, ENTITY_LIMIT).flatMap((entity) => {
    const look = lookOf(entity.kind);
    const start = Math.min(entity.start, chars.length);
    const end = Math.min(entity.start + entity.len, chars.length);
    return look && end > start ? [{ look, start, end }] : [];
  });
  if (known.length === 0) return text ? [{ text, looks: [] }] : [];
  const starts = groupBy(known, (e) => e.start);
  const ends = groupBy(known, (e) => e.end);
  const edges = [...new Set([0, chars.length, ...starts.keys(), ...ends.keys()])].sort((a, b) => a - b);
  const open = new Map<Look, number>();
  const out: Stretch[] = [];
  edges.forEach((edge, i) => {
    for (const e of ends.get(edge) ?? []) open.set(e.look, (open.get(e.look) ?? 0) - 1);
    for (const e of starts.get(edge) ?? []) open.set(e.look, (open.get(e.look) ?? 0) + 1);
    const next = edges[i + 1];
    if (next === undefined) return;
    out.push({ text: chars.slice(edge, next).join(""), looks: LOOKS.filter((look) => (open.get(look) ?? 0) > 0) });
  });
  return out;
}

function groupBy<T>(items: T[], key: (item: T) => number): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

export interface Mark {
  start: number;
  len: number;
}

export interface Marked {
  text: string;
  marked: boolean;
}

/** A text cut into marked and unmarked parts; ranges are in scalar values, sorted or not, overlapping or not. */
export function markedParts(text: string, ranges: readonly Mark[]): Marked[] {
  return markedPieces(ranges)(text);
}

/** The same for a text that comes in pieces, one after another. */
export function markedPieces(ranges: readonly Mark[]): (piece: string) => Marked[] {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  let [from, next] = [0, 0];
  return (piece) => {
    const chars = Array.from(piece);
    const out: Marked[] = [];
    let at = 0;
    for (let i = next; i < sorted.length; i++) {
      const range = sorted[i];
      if (!range || range.start >= from + chars.length) break;
      const start = Math.max(at, Math.min(range.start - from, chars.length));
      const end = Math.max(start, Math.min(range.start + range.len - from, chars.length));
      if (start > at) out.push({ text: chars.slice(at, start).join(""), marked: false });
      if (end > start) out.push({ text: chars.slice(start, end).join(""), marked: true });
      at = end;
      // One that reaches beyond this piece is looked at again in the next.
      if (range.start + range.len <= from + chars.length && i === next) next++;
    }
    if (at < chars.length) out.push({ text: chars.slice(at).join(""), marked: false });
    from += chars.length;
    return out;
  };
}
