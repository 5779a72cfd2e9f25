// Finding: words without regard to case and ё, a message by its day. No word forms here: that is the app's work.

import type { Message } from "./pack";

/** One spelling for search: lower case, е for ё. */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll("ё", "е");
}

export interface Snippet { before: string; match: string; after: string }

/** The first place of `needle` (already folded) in `text` with a little around it; null if it is not there. */
export function snippet(text: string, needle: string, around = 60): Snippet | null {
  const folded = fold(text);
  const at = folded.indexOf(needle);
  if (at < 0) return null;
  // "İ" grows when lowered: places in the folded text are then not places in the text.
  if (folded.length !== text.length) return { before: text.slice(0, around * 2), match: "", after: "" };
  const start = Math.max(0, at - around);
  const end = Math.min(text.length, at + needle.length + around);
  return {
    before: (start > 0 ? "…" : "") + whole(text.slice(start, at)),
    match: text.slice(at, at + needle.length),
    after: whole(text.slice(at + needle.length, end)) + (end < text.length ? "…" : ""),
  };
}

/** Without a half of a surrogate pair at either end. */
function whole(text: string): string {
  return text.replace(/^[\udc00-\udfff]/, "").replace(/[\ud800-\udbff]$/, "");
}

/** Where in a message the needle stands: its text, a file's name, an earlier version. */
export function hit(message: Message, needle: string): Snippet | null {
  const places = [message.text, message.media?.file_name, message.service?.detail];
  for (const version of message.versions ?? []) places.push(version.text);
  for (const place of places) {
    const found = place === undefined ? null : snippet(place, needle);
    if (found !== null) return found;
  }
  return null;
}

/** Times that never go back, one for each message; a message without a date stands with the one before it. */
export function timesOf(messages: Message[]): number[] {
  let last = Number.NEGATIVE_INFINITY;
  return messages.map((message) => (last = Math.max(last, message.sent_at ?? last)));
}

/** The first index for which `reached` holds; `reached` must stay true once it is. The length if there is none. */
export function firstWhere(length: number, reached: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (reached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The first message on the day (yyyy-mm-dd) or after it; the last message if the day lies beyond. */
export function indexOfDay(times: number[], day: string, dayOf: (time: number) => string): number {
  const index = firstWhere(times.length, (i) => {
    const time = times[i] ?? Number.NEGATIVE_INFINITY;
    return Number.isFinite(time) && dayOf(time) >= day;
  });
  return Math.min(index, Math.max(0, times.length - 1));
}
