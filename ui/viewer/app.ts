// The opened pack: contents, what to know, the chat. It holds where the reader is and how to get back there.

import { Chat, type Place } from "./chat";
import { Contents } from "./contents";
import { button, el } from "./dom";
import { dates, number, type Dates, type Lang } from "./format";
import { languageSwitch } from "./language";
import { scene } from "./message";
import { overview } from "./overview";
import type { Pack } from "./pack";
import { Results } from "./results";
import { nameOf } from "./safe";
import { summary } from "./summary";
import { words, type Words } from "./words";

/** Where Esc leads back to. */
interface Stop { client: number | null; place: Place | null; focus: Element | null }

export class App {
  readonly element = el("div", { class: "app" });
  private said: Words;
  private dates: Dates;
  private contents!: Contents;
  private results!: Results;
  private search!: HTMLInputElement;
  private scope!: HTMLSelectElement;
  private middle!: HTMLElement;
  private side!: HTMLElement;
  private chat: Chat | null = null;
  private client: number | null = null;
  private readonly trail: Stop[] = [];
  private typing = 0;

  constructor(private readonly pack: Pack, private lang: Lang, private readonly now: number) {
    this.said = words(lang);
    this.dates = this.datesIn(lang);
    this.build();
    this.openClient(null);
    document.addEventListener("keydown", (event) => this.onKey(event));
    window.addEventListener("beforeprint", () => this.beforePrint());
  }

  private datesIn(lang: Lang): Dates {
    const homeYear = dates(lang, this.pack.zone, "").dayKey(this.pack.to).split("-")[0] ?? "";
    return dates(lang, this.pack.zone, homeYear);
  }

  private build(): void {
    const { said } = this;
    this.contents = new Contents(this.pack, this.lang, this.now, (client) => this.go(client));
    this.results = new Results(this.pack, this.lang, this.dates, (client, at) => this.go(client, at));
    this.search = el("input", {
      type: "search", placeholder: said.search, "aria-label": said.search, autocomplete: "off", spellcheck: "false",
      oninput: () => this.onType(),
    });
    this.scope = el("select", { "aria-label": said.scope, onchange: () => this.onType() },
      el("option", { value: "all" }, said.everywhere), el("option", { value: "here" }, said.here));
    this.middle = el("div", { class: "middle" });
    this.side = el("section", { class: "read", "aria-label": said.chat });
    this.element.replaceChildren(
      el("header", { class: "top" },
        el("span", { class: "brand" }, said.title), nameOf(this.pack.manager, "", "name whose"),
        el("span", { class: "find" }, this.search, this.scope, el("kbd", { "aria-hidden": "true" }, "/")),
        languageSwitch(this.lang, (lang) => this.speak(lang)),
        button(said.close, () => location.reload(), { class: "btn s", title: said.closeHint })),
      this.contents.element, el("main", {}, this.middle, this.side));
    document.title = `${said.product} · ${said.title}`;
    document.documentElement.lang = this.lang;
  }

  /** The same place in the other language. */
  private speak(lang: Lang): void {
    const [client, place, query, scope] = [this.client, this.chat?.place() ?? null, this.search.value, this.scope.value];
    this.lang = lang;
    this.said = words(lang);
    this.dates = this.datesIn(lang);
    this.build();
    [this.search.value, this.scope.value] = [query, scope];
    this.openClient(client);
    if (place !== null) this.chat?.restore(place);
    if (query !== "") this.onType();
    this.element.querySelector<HTMLElement>('.langs [aria-pressed="true"]')?.focus();
  }

  /** Goes somewhere and remembers where from. */
  private go(client: number | null, at?: number): void {
    this.trail.push({ client: this.client, place: this.chat?.place() ?? null, focus: document.activeElement });
    if (client !== this.client || at === undefined) this.openClient(client);
    if (at !== undefined) this.chat?.show(at, true);
  }

  private back(): void {
    const stop = this.trail.pop();
    if (stop === undefined) {
      if (this.search.value !== "") this.clearSearch();
      else if (this.client !== null) this.openClient(null);
      return;
    }
    if (stop.client !== this.client) this.openClient(stop.client);
    if (stop.place !== null) this.chat?.restore(stop.place);
    if (stop.focus instanceof HTMLElement && stop.focus.isConnected) stop.focus.focus({ preventScroll: true });
  }

  private openClient(at: number | null): void {
    this.client = at;
    this.contents.mark(at);
    this.element.classList.toggle("no-chat", at === null);
    const client = at === null ? undefined : this.pack.clients[at];
    if (client === undefined) {
      this.chat = null;
      this.side.replaceChildren();
    } else {
      const of = scene(client, this.lang, this.dates, this.now, (index) => this.go(at, index));
      const position = el("span", { class: "sub pos", role: "status" });
      this.chat = new Chat(of, (top) => {
        position.textContent = this.said.place(number(this.lang, top + 1), number(this.lang, client.messages.length));
      });
      this.side.replaceChildren(this.chatHead(client.title, this.chat, position), this.chat.element);
      this.chat.show(Math.max(0, client.messages.length - 1), false);
    }
    this.drawMiddle();
  }

  private chatHead(title: string, chat: Chat, position: HTMLElement): HTMLElement {
    const { said } = this;
    const date = el("input", { type: "date", "aria-label": said.jumpToDate, title: said.jumpToDate });
    const jump = () => {
      if (/^\d{4}-\d\d-\d\d$/.test(date.value)) chat.showDay(date.value);
    };
    date.addEventListener("keydown", (event) => event.key === "Enter" && jump());
    return el("div", { class: "head" },
      el("div", { class: "title" }, el("h1", {}, nameOf(title, said.deletedAccount)), position),
      el("div", { class: "tools" },
        date, button(said.jumpToDate, jump, { class: "btn s" }),
        button(said.toStart, () => chat.show(0, false), { class: "btn s" }),
        button(said.toEnd, () => chat.show(Math.max(0, chat.length - 1), false), { class: "btn s" })),
      el("p", { class: "sub printed" }));
  }

  private drawMiddle(): void {
    const client = this.client === null ? undefined : this.pack.clients[this.client];
    if (this.search.value.trim() !== "") {
      this.middle.replaceChildren(this.results.element);
    } else if (client === undefined) {
      this.middle.replaceChildren(overview(this.pack, this.lang, this.dates, this.now, (at, id) => this.openMessage(at, id)));
    } else {
      this.middle.replaceChildren(summary(scene(client, this.lang, this.dates, this.now, (index) => this.go(this.client, index))));
    }
  }

  private openMessage(at: number, id: number): void {
    const index = this.pack.clients[at]?.messages.findIndex((message) => message.id === id) ?? -1;
    this.go(at, index < 0 ? undefined : index);
  }

  private onType(): void {
    clearTimeout(this.typing);
    const query = this.search.value.trim();
    this.drawMiddle();
    if (query === "") return;
    const only = this.scope.value === "here" ? this.client : null;
    this.typing = window.setTimeout(() => void this.results.find(query, only), 150);
  }

  private clearSearch(): void {
    this.search.value = "";
    this.onType();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const field = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === "Escape") this.onEscape(event, field);
    else if (field) return;
    else if (event.key === "/") this.search.focus();
    else if (event.key === "j" || event.key === "о") this.chat?.step(1);
    else if (event.key === "k" || event.key === "л") this.chat?.step(-1);
    else return;
    event.preventDefault();
  }

  private onEscape(event: KeyboardEvent, field: boolean): void {
    const target = event.target;
    if (field && target === this.search && this.search.value !== "") this.clearSearch();
    else if (field && target instanceof HTMLInputElement && target.value !== "") {
      target.value = "";
      target.dispatchEvent(new Event("input"));
    } else this.back();
  }

  private beforePrint(): void {
    const note = this.side.querySelector(".printed");
    if (this.chat === null || note === null) return;
    const { first, last } = this.chat.expandForPrint();
    const shown = (n: number) => number(this.lang, n);
    note.textContent = this.said.printed(shown(first + 1), shown(last), shown(this.chat.length));
  }
}
