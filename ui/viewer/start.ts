// The first screen: what this file is, a passphrase, and plain words when it does not open.

import { el, painted } from "./dom";
import type { Lang } from "./format";
import { languageSwitch } from "./language";
import { OpenError, openPack, payloadOf, type OpenFault } from "./open";
import type { Pack } from "./pack";
import { words } from "./words";

export class Start {
  readonly element = el("main", { class: "start" });
  private passphrase = el("input", {});
  private submit = el("button", {});
  private alert = el("p", {});
  private fault: OpenFault | "no-passphrase" | null = null;

  constructor(private lang: Lang, private readonly about: HTMLElement | null, private readonly opened: (pack: Pack, lang: Lang) => void) {
    this.build();
    try {
      payloadOf(document);
    } catch (error) {
      this.fail(error);
    }
  }

  private build(): void {
    const said = words(this.lang);
    const typed = this.passphrase.value;
    this.passphrase = el("input", { type: "password", id: "passphrase", autocomplete: "off", spellcheck: "false", autocapitalize: "off", required: true, "aria-describedby": "fault" });
    this.passphrase.value = typed;
    this.submit = el("button", { type: "submit", class: "btn pri" }, said.open);
    this.alert = el("p", { class: "fault", id: "fault", role: "alert" });
    if (this.fault !== null) this.tell(this.fault);
    const form = el("form", { novalidate: true, onsubmit: (event: SubmitEvent) => {
      event.preventDefault();
      void this.open();
    } },
      el("label", { for: "passphrase" }, said.passphrase),
      el("div", { class: "ask" }, this.passphrase, this.submit),
      el("label", { class: "show" }, el("input", { type: "checkbox", onchange: (event: Event) => {
        this.passphrase.type = (event.target as HTMLInputElement).checked ? "text" : "password";
      } }), " ", said.showPassphrase),
      this.alert);
    this.element.replaceChildren(
      el("div", { class: "start-top" }, el("span", { class: "brand" }, said.product), languageSwitch(this.lang, (lang) => {
        this.lang = lang;
        this.build();
      })),
      el("h1", {}, said.title), el("p", {}, said.whatItIs), form, el("p", { class: "sub" }, said.noNetwork),
      this.aboutIn(said.withoutPage));
    document.documentElement.lang = this.lang;
    document.title = `${said.product} · ${said.title}`;
  }

  /** The page's own sentence on opening the file without this script, in the chosen language. */
  private aboutIn(title: string): HTMLElement {
    const box = el("details", { class: "about" }, el("summary", {}, title));
    box.open = true;
    for (const sentence of this.about?.querySelectorAll<HTMLElement>("p[lang]") ?? []) {
      if (sentence.lang === this.lang) box.append(sentence.cloneNode(true));
    }
    return box;
  }

  private async open(): Promise<void> {
    if (this.passphrase.value.trim() === "") return this.tell("no-passphrase");
    this.busy(true);
    await painted();
    try {
      const pack = await openPack(payloadOf(document), this.passphrase.value);
      this.passphrase.value = "";
      this.opened(pack, this.lang);
    } catch (error) {
      this.busy(false);
      this.fail(error);
      this.passphrase.select();
    }
  }

  private busy(busy: boolean): void {
    this.submit.disabled = busy;
    this.passphrase.disabled = busy;
    this.alert.className = "fault calm";
    this.alert.textContent = busy ? words(this.lang).opening : "";
  }

  private fail(error: unknown): void {
    if (!(error instanceof OpenError)) throw error;
    this.tell(error.fault);
  }

  private tell(fault: OpenFault | "no-passphrase"): void {
    this.fault = fault;
    this.alert.className = "fault";
    this.alert.textContent = words(this.lang).faults[fault];
  }
}
