// Makes strangers' text safe to look at: characters that hide, reorder or pad text become one small visible mark, names
// are cut to a length a screen can hold. Never changes what is kept or copied, only what is drawn.

/** Stands where hidden characters were. */
export const HIDDEN_MARK = "\u25AF";
export const NAME_LIMIT = 200;

// Controls but tab and newline, soft hyphen, bidi marks, embeddings, overrides and isolates, zero-width characters,
// invisible operators, fillers, variation supplements and tag characters.
const HIDDEN =
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B\u200C\u200E\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/u;
const PICTURE = /[\p{Extended_Pictographic}\u{1F3FB}-\u{1F3FF}\uFE0F\u{E0020}-\u{E007F}]/u;
const BREAKS = /\r\n?|[\u2028\u2029]/g;

export interface Piece {
  text: string;
  /** Code points of what was hidden here, such as "U+202E"; empty for ordinary text. */
  hidden: string[];
}

/** Splits a text into ordinary stretches and runs of hidden characters. Joiners inside emoji stay. */
export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  let plain = "";
  let hidden: string[] = [];
  const flush = () => {
    if (plain) out.push({ text: plain, hidden: [] });
    if (hidden.length) out.push({ text: HIDDEN_MARK, hidden });
    plain = "";
    hidden = [];
  };
  let before = "";
  for (const char of text.replace(BREAKS, "\n")) {
    if (isHidden(char, before)) {
      if (plain) flush();
      if (hidden.length < 8) hidden.push(codePoint(char));
    } else {
      if (hidden.length) flush();
      plain += char;
    }
    before = char;
  }
  flush();
  return out;
}

function isHidden(char: string, before: string): boolean {
  if (char === "\u200D") return !PICTURE.test(before);
  if (!HIDDEN.test(char)) return false;
  const tagOfFlag = char >= "\u{E0020}" && char <= "\u{E007F}";
  return !(tagOfFlag && (before === "\u{1F3F4}" || (before >= "\u{E0020}" && before <= "\u{E007F}")));
}

function codePoint(char: string): string {
  return "U+" + (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}

/** One line for lists and labels: hidden characters marked, breaks as spaces, cut at `limit` characters. */
export function line(text: string, limit = NAME_LIMIT): string {
  const few = cut(text, limit);
  const clean = pieces(few.text)
    .map((piece) => piece.text)
    .join("")
    .replace(/\s+/g, " ")
    .trim();
  return few.cut ? clean + "…" : clean;
}

/** The first `limit` characters; never splits one. Does not walk the rest of a huge text. */
export function cut(text: string, limit: number): { text: string; cut: boolean } {
  if (text.length <= limit) return { text, cut: false };
  const chars = Array.from(text.slice(0, limit * 2)).slice(0, limit).join("");
  return { text: chars, cut: chars.length < text.length };
}
