// What to know of one client before reading the chat. Each line leads to the message it rests on.

import { button, el, type Child } from "./dom";
import { number } from "./format";
import { dueWords, marksOf, type Scene } from "./message";
import { isLate, stillOwed, type Owed, type Quote } from "./pack";
import { nameOf, safeText } from "./safe";

export function summary(of: Scene): HTMLElement {
  const { client, words } = of;
  const open = stillOwed(client.promises, of.now);
  const settled = client.promises.filter((owed) => !open.includes(owed));
  return el("section", { class: "summary", "aria-label": words.state },
    el("h1", { class: "print-title" }, nameOf(client.title, words.deletedAccount)),
    prose(words.state, client.state),
    prose(words.nextStep, client.next_step),
    section(words.readFirst, client.read_first.map((quote) => quoteRow(of, quote))),
    section(words.owed, open.length > 0 ? open.map((owed) => owedRow(of, owed)) : [el("p", { class: "empty" }, words.nothingOwed)]),
    section(words.agreements, client.agreements.map((quote) => quoteRow(of, quote))),
    section(words.questions, client.questions.map((quote) => quoteRow(of, quote))),
    section(words.requests, client.requests.map((quote) => quoteRow(of, quote))),
    section(words.objections, client.objections.map((quote) => quoteRow(of, quote))),
    section(words.people, people(of)),
    section(words.settled, settled.map((owed) => owedRow(of, owed))));
}

export function prose(title: string, text: string): Child {
  return text.trim() !== "" && el("div", { class: "part" }, el("h2", {}, title),
    el("p", { class: "prose", dir: "auto" }, ...safeText(text)));
}

export function section(title: string, rows: HTMLElement[]): Child {
  return rows.length > 0 && el("div", { class: "part" }, el("h2", {}, title), ...rows);
}

export function quoteRow(of: Scene, quote: Quote): HTMLElement {
  return el("div", { class: "line-row" },
    el("div", { class: "q", dir: "auto" }, ...safeText(clipped(quote.text)), " ", cite(of, quote)),
    el("div", { class: "meta" }, nameOf(quote.sender, of.words.deletedAccount)));
}

export function owedRow(of: Scene, owed: Owed): HTMLElement {
  const late = isLate(owed, of.now);
  return el("div", { class: "owed" },
    el("div", { class: "q", dir: "auto" }, "«", ...safeText(clipped(owed.text)), "» ", cite(of, owed)),
    el("div", { class: "meta" }, nameOf(owed.sender, of.words.deletedAccount), el("span", {}, dueWords(of, owed)),
      el("span", { class: `tag ${tone(owed, late)}` }, late ? of.words.states.late : of.words.states[owed.state])));
}

function tone(owed: Owed, late: boolean): string {
  if (late || owed.state === "broken") return "red";
  return owed.state === "open" ? "amber" : owed.state === "kept" ? "green" : "plain";
}

/** A time in lapis; opens the message in its place, with the marks that message bears. */
function cite(of: Scene, quote: Quote): HTMLElement {
  const when = of.dates.moment(quote.at);
  const at = of.index.get(quote.message);
  const message = at === undefined ? undefined : of.client.messages[at];
  if (at === undefined || message === undefined) return el("span", { class: "cite lost", title: of.words.notInPack }, when);
  const marks = marksOf(of, message).filter(({ mark }) => mark === "✎" || mark === "✕");
  const said = [when, ...marks.map(({ word }) => word)].join(", ");
  return button([when, ...marks.map(({ mark }) => mark)].join(" "), () => of.jump(at),
    { class: "cite", "aria-label": of.words.goTo(said) });
}

function people(of: Scene): HTMLElement[] {
  return [...of.client.people].sort((a, b) => b.messages - a.messages).slice(0, 200).map((person) =>
    el("div", { class: "kv" }, nameOf(person.name, of.words.deletedAccount),
      el("span", { class: `side ${person.side === "out" ? "out" : "in"}` }, person.side === "out" ? of.words.sides.out : of.words.sides.in),
      el("span", { class: "n", title: of.words.messages(person.messages) }, number(of.lang, person.messages))));
}

/** Quotes are short by nature; a hostile one is not let into the column whole. */
function clipped(text: string): string {
  return text.length > 400 ? `${text.slice(0, 400).replace(/[\ud800-\udbff]$/, "")}…` : text;
}
