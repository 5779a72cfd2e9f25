// One message as it stands in the chat: marks in the margin, who and when, reply, text, attachment, versions.

import { wordDiff } from "./diff";
import { button, el, type Child } from "./dom";
import { duration, size, type Dates, type Lang } from "./format";
import { isLate, type Client, type Interval, type Message, type Owed, type Version } from "./pack";
import { richText } from "./rich";
import { nameOf, safeText } from "./safe";
import { serviceSentence } from "./service";
import { words, type Words } from "./words";

/** What a message needs to know of the page around it. */
export interface Scene {
  lang: Lang;
  words: Words;
  dates: Dates;
  now: number;
  client: Client;
  /** Place of a message in the client's list. */
  index: Map<number, number>;
  promises: Map<number, Owed[]>;
  questions: Set<number>;
  jump(index: number): void;
}

export function scene(client: Client, lang: Lang, dates: Dates, now: number, jump: (index: number) => void): Scene {
  const promises = new Map<number, Owed[]>();
  for (const owed of client.promises) promises.set(owed.message, [...(promises.get(owed.message) ?? []), owed]);
  return {
    lang, words: words(lang), dates, now, client, promises, jump,
    index: new Map(client.messages.map((message, at) => [message.id, at])),
    questions: new Set(client.questions.map((quote) => quote.message)),
  };
}

export function messageRow(of: Scene, message: Message, at: number): HTMLElement {
  const row = el("article", {
    class: "m", tabindex: "-1", "aria-posinset": at + 1, "aria-setsize": of.client.messages.length, "data-at": at,
  }, margin(of, message));
  row.append(message.service === undefined ? el("div", { class: "what" }, ...said(of, message))
    : el("div", { class: "service", dir: "auto" }, ...safeText(serviceSentence(of.lang, message.sender ?? "", message.service))));
  return row;
}

/** ✕ ✎ ◆ ?: each with its word for those who do not see it. */
export function marksOf(of: Scene, message: Message): { mark: string; word: string; tone: string }[] {
  const owed = of.promises.get(message.id) ?? [];
  return [
    message.deleted !== undefined && { mark: "✕", word: of.words.deleted, tone: "red" },
    isEdited(message) && { mark: "✎", word: of.words.edited, tone: "blue" },
    owed.length > 0 && { mark: "◆", word: of.words.promise, tone: owed.some((one) => isLate(one, of.now)) ? "red" : "blue" },
    of.questions.has(message.id) && { mark: "?", word: of.words.question, tone: "amber" },
  ].filter((mark) => mark !== false);
}

function isEdited(message: Message): boolean {
  return message.edited_at !== undefined || (message.versions ?? []).length > 0;
}

function margin(of: Scene, message: Message): HTMLElement {
  return el("div", { class: "marks" }, ...marksOf(of, message).map(({ mark, word, tone }) =>
    el("span", { class: `mark ${tone}`, role: "img", "aria-label": word, title: word }, mark)));
}

function said(of: Scene, message: Message): Child[] {
  const content: Child[] = [
    forwarded(of, message), reply(of, message), attachment(of, message), message.text ? body(of, message) : null,
  ];
  const inner = message.deleted === undefined ? content
    : [el("div", { class: "gone" }, el("span", { class: "why" }, deletion(of, message.sent_at, message.deleted)), ...content)];
  return [who(of, message), ...inner, versions(of, message), promiseNote(of, message)];
}

function who(of: Scene, message: Message): HTMLElement {
  const sent = message.sent_at;
  return el("div", { class: `who ${message.direction === "out" ? "out" : "in"}` },
    nameOf(message.sender ?? "", of.words.deletedAccount),
    sent === undefined ? el("span", { class: "when" }, of.words.noDate)
      : el("time", { class: "when", title: of.dates.moment(sent) }, of.dates.time(sent)));
}

function deletion(of: Scene, sent: number | undefined, { from, to }: Interval): string {
  return from === to ? of.words.deletedAt(of.dates.moment(to)) : of.words.deletedIn(...deletionEnds(of, sent, from, to));
}

/** Clock times alone when it all happened on the day under which the message stands. */
function deletionEnds({ dates }: Scene, sent: number | undefined, from: number, to: number): [string, string] {
  const oneDay = sent !== undefined && dates.dayKey(sent) === dates.dayKey(from) && dates.dayKey(sent) === dates.dayKey(to);
  return oneDay ? [dates.time(from), dates.time(to)] : dates.ends(from, to);
}

function forwarded(of: Scene, message: Message): Child {
  return message.forwarded_from !== undefined
    && el("div", { class: "fwd" }, of.words.forwarded, " ", nameOf(message.forwarded_from, of.words.deletedAccount));
}

function reply(of: Scene, message: Message): Child {
  if (message.reply_to === undefined) return null;
  const at = of.index.get(message.reply_to);
  const original = at === undefined ? undefined : of.client.messages[at];
  if (at === undefined || original === undefined) return el("div", { class: "fwd" }, of.words.replyOutside);
  const text = original.text || attachmentWords(of, original) || of.words.kinds["service"] || "";
  return button(
    el("span", { class: "line" }, nameOf(original.sender ?? "", of.words.deletedAccount), ": ",
      el("bdi", {}, ...safeText(text.slice(0, 200).replace(/\s+/g, " ")))),
    () => of.jump(at), { class: "reply", title: of.words.reply });
}

function attachment(of: Scene, message: Message): Child {
  const line = attachmentWords(of, message);
  return line !== "" && el("div", { class: "media", title: of.words.notIncluded },
    el("bdi", {}, ...safeText(line, true)));
}

/** "Голосовое сообщение, 0:42" · "Файл · договор.pdf · 240 КБ"; empty for plain text. */
export function attachmentWords(of: Pick<Scene, "lang" | "words">, message: Message): string {
  const kind = message.kind ?? "text";
  if (kind === "text" || kind === "service") return "";
  const media = message.media ?? {};
  const name = Object.hasOwn(of.words.kinds, kind) ? of.words.kinds[kind] ?? kind : kind;
  const first = media.duration === undefined ? name : `${name}, ${duration(media.duration)}`;
  const named = media.emoji === undefined ? first : `${first} ${media.emoji.slice(0, 16)}`;
  return [named, media.file_name?.slice(0, 200), media.size === undefined ? undefined : size(of.lang, media.size)]
    .filter((part) => part !== undefined && part !== "").join(" · ");
}

/** Beyond this a text is folded: a pasted log must not push the chat off the screen. */
const FOLD_CHARS = 1_500;
const FOLD_LINES = 30;

/** Where to cut a long text, or null; never inside a surrogate pair. */
export function foldAt(text: string): number | null {
  let at = -1;
  for (let line = 0; line < FOLD_LINES; line += 1) {
    at = text.indexOf("\n", at + 1);
    if (at < 0) break;
  }
  const limit = Math.min(at < 0 ? text.length : at, FOLD_CHARS);
  if (limit + 200 > text.length) return null;
  return /[\ud800-\udbff]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
}

function body(of: Scene, message: Message): HTMLElement {
  const text = message.text ?? "";
  const entities = message.entities ?? [];
  const cut = foldAt(text);
  const box = el("div", { class: "body", dir: "auto" });
  if (cut === null) {
    box.append(...richText(text, entities));
    return box;
  }
  let folded = true;
  const toggle = button("", () => {
    folded = !folded;
    draw();
  }, { class: "more" });
  const draw = () => {
    toggle.textContent = folded ? `${of.words.showAll} · ${of.words.chars(text.length)}` : of.words.fold;
    toggle.setAttribute("aria-expanded", String(!folded));
    box.replaceChildren(...richText(folded ? text.slice(0, cut) : text, entities), folded ? "… " : " ", toggle);
  };
  draw();
  return box;
}

function versions(of: Scene, message: Message): Child {
  const earlier = message.versions ?? [];
  if (!isEdited(message)) return null;
  const edited = message.edited_at;
  const when = edited === undefined ? of.words.edited
    : message.sent_at !== undefined && of.dates.dayKey(edited) === of.dates.dayKey(message.sent_at)
      ? of.words.editedLater(of.dates.time(edited)) : of.words.editedAt(of.dates.moment(edited));
  if (earlier.length === 0) return el("div", { class: "ver" }, when);
  const shut = `${when} · ${of.words.versions(earlier.length + 1)}`;
  const list = el("ol", { class: "versions", hidden: true });
  const toggle = button(shut, () => {
    list.hidden = !list.hidden;
    if (!list.hasChildNodes()) list.append(...versionItems(of, message, earlier));
    toggle.textContent = list.hidden ? shut : of.words.hideVersions;
    toggle.setAttribute("aria-expanded", String(!list.hidden));
  }, { class: "ver", "aria-expanded": "false" });
  return el("div", {}, toggle, list);
}

/** Oldest first; each later one with what it changed. */
function versionItems(of: Scene, message: Message, earlier: Version[]): HTMLElement[] {
  const newest = { text: message.text ?? "", at: message.edited_at };
  return [...earlier, newest].map((version, at, all) => {
    const before = all[at - 1];
    const when = version.at === undefined ? "" : of.dates.moment(version.at);
    const label = version === newest ? `${of.words.newest} ${when}` : when;
    return el("li", {}, el("span", { class: "when" }, label), el("div", { class: "body", dir: "auto" },
      ...(before === undefined ? safeText(version.text) : changes(before.text, version.text))));
  });
}

function changes(before: string, after: string): Node[] {
  const tags = { same: "span", gone: "del", new: "ins" } as const;
  return wordDiff(before, after).map((change) => el(tags[change.kind], {}, ...safeText(change.text)));
}

function promiseNote(of: Scene, message: Message): Child {
  const owed = of.promises.get(message.id);
  return owed !== undefined && el("div", { class: "note" },
    owed.map((one) => `${of.words.promise}: ${one.state === "open" || one.state === "late" ? dueWords(of, one) : of.words.states[one.state]}`).join(" · "));
}

export function dueWords(of: Pick<Scene, "words" | "dates" | "now">, owed: Owed): string {
  if (owed.due_at === undefined) return of.words.noDue;
  const when = of.dates.moment(owed.due_at);
  return owed.due_at < of.now ? of.words.wasDue(when) : of.words.due(when);
}
