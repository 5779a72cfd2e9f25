// Titles of a summary's sections, names of its classes, and how a citation is written.

import type { SectionKind, Seconds } from "../../ipc";
import { dayStart, shortDay, time } from "../../text/dates";
import { known, t } from "../../text/index.svelte";

export const sectionTitle = (kind: SectionKind): string => t(`section.${kind}`);

/** Words of a class, or of several with commas between; what has no words here is left out. */
export const classWords = (names: string): string =>
  names
    .split(/[\s,]+/)
    .flatMap((name) => (known(`class.${name}`) ? [t(`class.${name}` as "class.price")] : []))
    .join(", ");

/** "10:12" today, the day and the time before. */
export function citeWords(at: Seconds, now: Seconds): string {
  return dayStart(at) === dayStart(now) ? time(at) : `${shortDay(at, now)}, ${time(at)}`;
}
