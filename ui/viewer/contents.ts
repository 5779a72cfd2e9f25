// The list of clients: how much there is to read and where something is owed.

import { button, el } from "./dom";
import { fold } from "./find";
import { number, type Lang } from "./format";
import { isLate, stillOwed, type Client, type Pack } from "./pack";
import { nameOf } from "./safe";
import { words } from "./words";

export class Contents {
  readonly element: HTMLElement;
  private readonly rows: { title: string; row: HTMLElement }[];
  private readonly none: HTMLElement;

  constructor(pack: Pack, lang: Lang, now: number, choose: (client: number | null) => void) {
    const said = words(lang);
    this.rows = pack.clients.map((client, at) => ({ title: fold(client.title), row: clientRow(client, lang, now, () => choose(at)) }));
    this.none = el("p", { class: "empty", hidden: true }, said.nothingMatches);
    const filter = el("input", {
      type: "search", placeholder: said.filter, "aria-label": said.filter, autocomplete: "off", spellcheck: "false",
      oninput: () => this.filter(filter.value),
    });
    this.element = el("nav", { class: "list", "aria-label": said.clients },
      filter,
      button(said.overview, () => choose(null), { class: "home" }),
      el("div", { class: "group" }, el("span", {}, said.clients), el("span", {}, number(lang, pack.clients.length))),
      el("ul", {}, ...this.rows.map(({ row }) => row)),
      this.none);
  }

  /** Marks the chosen client, or the overview for null. */
  mark(chosen: number | null): void {
    this.element.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const row = chosen === null ? this.element.querySelector(".home") : this.rows[chosen]?.row.querySelector("button");
    row?.setAttribute("aria-current", "page");
    if (chosen !== null) row?.scrollIntoView({ block: "nearest" });
  }

  private filter(typed: string): void {
    const needle = fold(typed.trim());
    let left = 0;
    for (const { title, row } of this.rows) {
      row.hidden = !title.includes(needle);
      if (!row.hidden) left += 1;
    }
    this.none.hidden = left > 0;
  }
}

function clientRow(client: Client, lang: Lang, now: number, choose: () => void): HTMLElement {
  const said = words(lang);
  const open = stillOwed(client.promises, now);
  const late = open.filter((owed) => isLate(owed, now)).length;
  const tags = [
    late > 0 && el("span", { class: "tag red" }, said.late(late)),
    open.length > late && el("span", { class: "tag amber" }, said.promised(open.length - late)),
    client.questions.length > 0 && el("span", { class: "tag blue" }, said.asked(client.questions.length)),
  ];
  const content = el("span", { class: "two" },
    nameOf(client.title, said.deletedAccount),
    el("span", { class: "sub", title: said.messages(client.messages.length) }, number(lang, client.messages.length)),
    el("span", { class: "tags" }, ...tags.filter((tag) => tag !== false)));
  return el("li", {}, button(content, choose, { class: "chat" }));
}
