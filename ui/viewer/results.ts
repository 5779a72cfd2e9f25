// Search over all messages of the pack, a slice at a time so that typing stays smooth.

import { button, el } from "./dom";
import { fold, hit, type Snippet } from "./find";
import type { Dates, Lang } from "./format";
import type { Message, Pack } from "./pack";
import { nameOf, safeText } from "./safe";
import { words } from "./words";

/** Rows drawn; the count goes on. */
const SHOWN = 300;
const SLICE = 4_000;

export interface Hit { client: number; message: number; snippet: Snippet }

export class Results {
  readonly element: HTMLElement;
  private readonly status = el("p", { class: "sub", role: "status" });
  private readonly rows = el("div", {});
  private run = 0;

  constructor(
    private readonly pack: Pack, private readonly lang: Lang, private readonly dates: Dates,
    private readonly open: (client: number, at: number) => void,
  ) {
    this.element = el("section", { class: "results", "aria-label": words(lang).search }, this.status, this.rows);
  }

  /** Starts a search and drops the one under way. `only` is a client, or null for all. */
  async find(query: string, only: number | null): Promise<void> {
    this.run += 1;
    const run = this.run;
    const said = words(this.lang);
    const needle = fold(query.trim());
    this.rows.replaceChildren();
    this.status.textContent = said.searching;
    let [total, looked] = [0, 0];
    for (const [client, { messages }] of this.pack.clients.entries()) {
      if (only !== null && client !== only) continue;
      for (const [at, message] of messages.entries()) {
        const snippet = hit(message, needle);
        if (snippet !== null) {
          total += 1;
          if (total <= SHOWN) this.rows.append(this.row({ client, message: at, snippet }, message));
        }
        looked += 1;
        if (looked % SLICE === 0) {
          await new Promise((resolve) => setTimeout(resolve, 0));
          if (run !== this.run) return;
        }
      }
    }
    this.status.textContent = total === 0 ? said.notFound
      : total > SHOWN ? `${said.found(total)}, ${said.foundFirst(SHOWN)}` : said.found(total);
  }

  private row({ client, message: at, snippet }: Hit, message: Message): HTMLElement {
    const said = words(this.lang);
    const content = el("span", { class: "hit" },
      el("span", { class: "meta" }, nameOf(this.pack.clients[client]?.title ?? "", said.deletedAccount), " · ",
        nameOf(message.sender ?? "", said.deletedAccount), " · ",
        message.sent_at === undefined ? said.noDate : this.dates.moment(message.sent_at)),
      el("bdi", { class: "q" }, ...safeText(snippet.before), el("mark", {}, ...safeText(snippet.match)), ...safeText(snippet.after)));
    return button(content, () => this.open(client, at), { class: "due" });
  }
}
