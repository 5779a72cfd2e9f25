// Message text with its formatting and links, as nodes. Only http and https become links; any other address (javascript:
// above all) is shown as text beside its words.

import { el } from "./dom";
import type { Entity } from "./pack";
import { safeText } from "./safe";

/** A stretch of text with one set of styles and at most one address; positions are UTF-16. */
export interface Run { start: number; end: number; styles: string[]; href?: string; shownAddress?: string }

const STYLES = new Set(["bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "code", "pre",
  "mention", "mention_name", "hashtag", "cashtag", "bot_command"]);

/** The address as it may stand in a link, or null. The URL parser shows a foreign alphabet in a host as xn--…. */
export function safeHref(address: string): string | null {
  try {
    const url = new URL(address.trim());
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/** `hidden`: the address is not what the words say. */
interface Span { start: number; end: number; style?: string; address?: string; hidden?: boolean }

export function runs(text: string, entities: Entity[]): Run[] {
  const spans = [...entitySpans(text, entities), ...bareLinks(text)];
  const cuts = [...new Set([0, text.length, ...spans.flatMap((span) => [span.start, span.end])])].sort((a, b) => a - b);
  const opening = [...spans].sort((a, b) => a.start - b.start);
  const out: Run[] = [];
  let active: Span[] = [];
  let next = 0;
  for (let at = 0; at + 1 < cuts.length; at += 1) {
    const [start, end] = [cuts[at] ?? 0, cuts[at + 1] ?? 0];
    active = active.filter((span) => span.end > start);
    for (let span = opening[next]; span !== undefined && span.start <= start; span = opening[next]) {
      active.push(span);
      next += 1;
    }
    out.push(runOf(start, end, active));
  }
  return out;
}

function runOf(start: number, end: number, active: Span[]): Run {
  const styles = [...new Set(active.flatMap((span) => span.style ?? []))];
  const link = active.find((span) => span.address !== undefined);
  const run: Run = { start, end, styles };
  if (link?.address === undefined) return run;
  const href = safeHref(link.address);
  // Once, after the last of the words that hide the address.
  const hidden = link.hidden === true && link.end === end;
  if (href === null) return hidden ? { ...run, shownAddress: link.address } : run;
  return hidden ? { ...run, href, shownAddress: new URL(href).host } : { ...run, href };
}

/** More than this on one message is an attack on the page, not formatting. */
const MAX_ENTITIES = 2_000;

function entitySpans(text: string, entities: Entity[]): Span[] {
  if (entities.length === 0) return [];
  const unit = unitsOf(text);
  return entities.slice(0, MAX_ENTITIES).flatMap((entity): Span[] => {
    const [start, end] = [unit(entity.start), unit(entity.start + entity.len)];
    if (start >= end) return [];
    if (entity.kind === "text_link") return [{ start, end, address: entity.value ?? "", hidden: true }];
    return STYLES.has(entity.kind) ? [{ start, end, style: entity.kind }] : [];
  });
}

/** From a place in Unicode scalar values to a place in UTF-16, never outside the text. */
function unitsOf(text: string): (scalar: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return (scalar) => Math.min(Math.max(0, scalar), text.length);
  const places: number[] = [];
  let unit = 0;
  for (const char of text) {
    places.push(unit);
    unit += char.length;
  }
  return (scalar) => (scalar < 0 ? 0 : places[scalar] ?? text.length);
}

/** Addresses written out in the text. Closing punctuation belongs to the sentence. */
export function bareLinks(text: string): { start: number; end: number; address: string }[] {
  const found = [];
  for (const match of text.matchAll(/\bhttps?:\/\/[^\s<>"'«»`]{1,2000}/giu)) {
    const address = match[0].replace(/[.,;:!?…)\]}]+$/u, "");
    if (safeHref(address) !== null) found.push({ start: match.index, end: match.index + address.length, address });
  }
  return found;
}

export function richText(text: string, entities: Entity[]): Node[] {
  return runs(text, entities).map((run) => node(text, run));
}

function node(text: string, run: Run): Node {
  const words = safeText(text.slice(run.start, run.end));
  const styled = run.styles.length === 0 ? words
    : [el("span", { class: run.styles.map((style) => `t-${style}`).join(" ") }, ...words)];
  const holder = run.href === undefined
    ? el("span", {}, ...styled)
    : el("a", { href: run.href, rel: "noopener noreferrer", target: "_blank", title: run.href }, ...styled);
  if (run.shownAddress !== undefined) {
    holder.append(el("bdi", { class: "address" }, " [", ...safeText(run.shownAddress.slice(0, 200), true), "]"));
  }
  return holder;
}
