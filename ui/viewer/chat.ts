// The chat as a window of messages around a place: 100,000 messages are in memory, at most a few hundred in the page.
// The window grows at the end that is scrolled to and shrinks at the other; what is on screen does not move.

import { el } from "./dom";
import { firstWhere, indexOfDay, timesOf } from "./find";
import { messageRow, type Scene } from "./message";

const STEP = 80;
const MOST = 400;
/** Pixels from the edge at which more is drawn. */
const NEAR = 900;
/** How many are drawn for paper. */
const PRINTED = 3_000;

/** Where the reader is: the message at the top edge and how far it is from it. */
export interface Place { at: number; offset: number }

export class Chat {
  readonly element: HTMLElement;
  private readonly times: number[];
  private readonly gaps: Map<number, string[]>;
  private first = 0;
  private last = 0;
  private cursor = -1;
  private waiting = false;

  constructor(private readonly scene: Scene, private readonly moved: (at: number) => void) {
    this.times = timesOf(scene.client.messages);
    this.gaps = this.gapsByIndex();
    this.element = el("div", { class: "msgs", role: "feed", tabindex: "0", "aria-label": scene.words.chat, onscroll: () => this.onScroll() });
    if (this.length === 0) this.element.append(el("p", { class: "empty" }, scene.words.noMessages));
  }

  get length(): number {
    return this.scene.client.messages.length;
  }

  /** The rendered range, half open. */
  get range(): { first: number; last: number } {
    return { first: this.first, last: this.last };
  }

  /** Draws around a message and brings it to the middle; `flash` marks it for a moment and moves the focus there. */
  show(at: number, flash: boolean): void {
    this.around(at);
    this.row(at)?.scrollIntoView({ block: "center" });
    if (flash) this.flash(at);
    this.told();
  }

  restore(place: Place): void {
    this.around(place.at);
    const row = this.row(place.at);
    if (row !== null) this.element.scrollTop += this.below(row) - place.offset;
    this.told();
  }

  place(): Place {
    for (const row of this.element.querySelectorAll<HTMLElement>(".m")) {
      const offset = this.below(row);
      if (offset + row.offsetHeight > 0) return { at: Number(row.dataset["at"]), offset };
    }
    return { at: 0, offset: 0 };
  }

  showDay(day: string): void {
    this.show(indexOfDay(this.times, day, this.scene.dates.dayKey), true);
  }

  /** j and k: the next or previous message gets the focus. */
  step(by: 1 | -1): void {
    if (this.length === 0) return;
    const inView = this.row(this.cursor) !== null && document.activeElement === this.row(this.cursor);
    const from = inView ? this.cursor + by : this.place().at;
    this.cursor = Math.min(this.length - 1, Math.max(0, from));
    if (this.row(this.cursor) === null) this.around(this.cursor);
    const row = this.row(this.cursor);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }

  /** Draws enough for paper and says what was drawn. */
  expandForPrint(): { first: number; last: number } {
    const { at } = this.place();
    const first = Math.max(0, Math.min(at - PRINTED / 2, this.length - PRINTED));
    this.draw(first, Math.min(this.length, first + PRINTED));
    return this.range;
  }

  private around(at: number): void {
    if (at >= this.first && at < this.last && this.last - this.first <= MOST) return;
    this.draw(Math.max(0, at - STEP), Math.min(this.length, at + STEP));
  }

  private draw(first: number, last: number): void {
    [this.first, this.last] = [first, last];
    this.element.replaceChildren(...this.slots(first, last));
  }

  private slots(first: number, last: number): HTMLElement[] {
    const out = [];
    for (let at = first; at < last; at += 1) out.push(this.slot(at));
    return out;
  }

  /** A message with what stands before it: a gap, a new day. */
  private slot(at: number): HTMLElement {
    const { scene, times } = this;
    const slot = el("div", { class: "slot" });
    for (const gap of this.gaps.get(at) ?? []) slot.append(el("div", { class: "gap" }, gap));
    const time = times[at] ?? Number.NEGATIVE_INFINITY;
    const before = times[at - 1] ?? Number.NEGATIVE_INFINITY;
    const newDay = Number.isFinite(time)
      && (!Number.isFinite(before) || scene.dates.dayKey(time) !== scene.dates.dayKey(before));
    if (newDay) slot.append(el("div", { class: "day" }, scene.dates.day(time)));
    const message = scene.client.messages[at];
    if (message !== undefined) slot.append(messageRow(scene, message, at));
    return slot;
  }

  private gapsByIndex(): Map<number, string[]> {
    const out = new Map<number, string[]>();
    for (const gap of this.scene.client.gaps) {
      const at = firstWhere(this.times.length, (i) => (this.times[i] ?? 0) >= gap.from);
      const index = Math.min(at, this.times.length - 1);
      out.set(index, [...(out.get(index) ?? []), this.scene.words.gap(...this.scene.dates.ends(gap.from, gap.to))]);
    }
    return out;
  }

  private onScroll(): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.grow();
      this.told();
    });
  }

  private grow(): void {
    const box = this.element;
    if (box.scrollTop < NEAR && this.first > 0) this.growUp();
    else if (box.scrollHeight - box.scrollTop - box.clientHeight < NEAR && this.last < this.length) this.growDown();
  }

  private growUp(): void {
    const box = this.element;
    const first = Math.max(0, this.first - STEP);
    const height = box.scrollHeight;
    box.prepend(...this.slots(first, this.first));
    this.first = first;
    box.scrollTop += box.scrollHeight - height;
    while (this.last - this.first > MOST && box.lastElementChild !== null) {
      box.lastElementChild.remove();
      this.last -= 1;
    }
  }

  private growDown(): void {
    const box = this.element;
    const last = Math.min(this.length, this.last + STEP);
    box.append(...this.slots(this.last, last));
    this.last = last;
    const height = box.scrollHeight;
    while (this.last - this.first > MOST && box.firstElementChild !== null) {
      box.firstElementChild.remove();
      this.first += 1;
    }
    box.scrollTop -= height - box.scrollHeight;
  }

  private row(at: number): HTMLElement | null {
    return at < this.first || at >= this.last ? null
      : this.element.children[at - this.first]?.querySelector<HTMLElement>(".m") ?? null;
  }

  /** How far below the top edge of the box an element begins. */
  private below(row: HTMLElement): number {
    return row.getBoundingClientRect().top - this.element.getBoundingClientRect().top;
  }

  private flash(at: number): void {
    const row = this.row(at);
    if (row === null) return;
    this.element.querySelector(".flash")?.classList.remove("flash");
    row.classList.add("flash");
    this.cursor = at;
    row.focus({ preventScroll: true });
  }

  private told(): void {
    if (this.length > 0) this.moved(this.place().at);
  }
}
