// The first page after opening: the lead's note and everything owed, over all clients.

import { button, el } from "./dom";
import type { Dates, Lang } from "./format";
import { dueWords } from "./message";
import { isLate, stillOwed, type Pack } from "./pack";
import { nameOf, safeText } from "./safe";
import { prose, section } from "./summary";
import { words } from "./words";

export function overview(
  pack: Pack, lang: Lang, dates: Dates, now: number, show: (client: number, message: number) => void,
): HTMLElement {
  const said = words(lang);
  const total = pack.clients.reduce((sum, client) => sum + client.messages.length, 0);
  return el("section", { class: "overview", "aria-label": said.overview },
    el("h1", {}, nameOf(pack.manager, said.title)),
    el("p", { class: "sub" }, `${dates.fullDay(pack.from)} – ${dates.fullDay(pack.to)} · ${said.clientsCount(pack.clients.length)} · ${said.messages(total)}`),
    el("p", { class: "sub" }, `${said.madeAt} ${dates.moment(pack.made_at)} · ${said.zone} ${dates.zone}`),
    prose(said.note, pack.note),
    section(said.owedEverywhere, owedRows(pack, lang, dates, now, show)),
    el("p", { class: "sub keys" }, said.keys));
}

function owedRows(
  pack: Pack, lang: Lang, dates: Dates, now: number, show: (client: number, message: number) => void,
): HTMLElement[] {
  const said = words(lang);
  const all = pack.clients.flatMap((client, at) => client.promises.map((owed) => ({ ...owed, client: at, title: client.title })));
  const open = stillOwed(all, now);
  if (open.length === 0) return [el("p", { class: "empty" }, said.nothingOwed)];
  return open.slice(0, 500).map((owed) => {
    const late = isLate(owed, now);
    const row = el("span", { class: "due-row" },
      nameOf(owed.title, said.deletedAccount),
      el("bdi", { class: "q" }, "«", ...safeText(owed.text.slice(0, 200)), "»"),
      el("span", { class: "sub" }, dueWords({ words: said, dates, now }, owed)),
      el("span", { class: `tag ${late ? "red" : "amber"}` }, late ? said.states.late : said.states.open));
    return button(row, () => show(owed.client, owed.message), { class: "due" });
  });
}
