// Characters that cannot be seen but act: they are shown as a small mark, so that no name hides in another and none
// turns its neighbours around. Every name also sits in <bdi>, every text in dir="auto".

import { el } from "./dom";

export interface Piece { text: string; control: boolean }

// Overrides and isolates, marks of direction, zero-width and filler characters, C0 and C1 without tab and line feed,
// line separators, tags (a hidden alphabet), annotation marks.
const CONTROLS =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;
const HARMLESS_IN_TEXT = new Set(["\u200e", "\u200f", "\u061c", "\u00ad", "\r"]);
const JOINERS = new Set(["\u200c", "\u200d"]);

/** Splits into what is drawn as it stands and what is drawn as a mark. `strict` is for names: nothing hidden may pass. */
export function pieces(text: string, strict: boolean): Piece[] {
  if (!CONTROLS.test(text)) return text === "" ? [] : [{ text, control: false }];
  const out: Piece[] = [];
  const chars = Array.from(text);
  let plain = "";
  let inFlag = false;
  chars.forEach((char, at) => {
    const tag = char >= "\u{e0000}" && char.length === 2;
    inFlag = char === "\u{1f3f4}" || (inFlag && tag);
    if (!CONTROLS.test(char) || passes(char, chars[at - 1], chars[at + 1], strict) || (tag && inFlag)) {
      plain += char;
      return;
    }
    if (plain !== "") out.push({ text: plain, control: false });
    plain = "";
    out.push({ text: codeName(char), control: true });
  });
  if (plain !== "") out.push({ text: plain, control: false });
  return out;
}

/** Joiners belong to emoji and to scripts that join; between Latin or Cyrillic letters they only hide. */
function passes(char: string, before: string | undefined, after: string | undefined, strict: boolean): boolean {
  if (JOINERS.has(char)) return joins(before) && joins(after);
  return !strict && HARMLESS_IN_TEXT.has(char);
}

function joins(neighbour: string | undefined): boolean {
  return neighbour !== undefined && !/[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}\s]/u.test(neighbour)
    && /[\p{L}\p{M}\p{Extended_Pictographic}\u{fe0f}\u{1f3fb}-\u{1f3ff}]/u.test(neighbour);
}

export function codeName(char: string): string {
  return "U+" + (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}

/** Text as nodes; what is hidden becomes a visible mark with its code. */
export function safeText(text: string, strict = false): Node[] {
  return pieces(text, strict).map((piece) =>
    piece.control ? el("span", { class: "ctl", title: piece.text }, piece.text) : document.createTextNode(piece.text));
}

/** A name on one line, cut by its column and shut in its own direction. */
export function nameOf(name: string, fallback: string, className = "name"): HTMLElement {
  const shown = name.trim() === "" ? fallback : name.replace(/\s+/g, " ");
  const short = shown.length > 300 ? Array.from(shown).slice(0, 300).join("") + "…" : shown;
  return el("bdi", { class: className, title: pieces(short, true).map((piece) => piece.text).join("") }, ...safeText(short, true));
}
