// An archive in memory behind the same door as the shell: for tests, and for looking at the interface in a browser.

import type {
  AppState,
  ChatCard,
  Facet,
  Failure,
  HandoverDraft,
  ImportPreview,
  ImportReport,
  ImportRequest,
  InChat,
  MessageView,
  Page,
  Phase,
  Range,
  SavedSearch,
  SearchCounts,
  SearchFilter,
  SearchPage,
  Secret,
  Security,
  Summary,
  SummaryItem,
  Way,
} from "../bindings";
import type { Ipc, OnProgress } from "../index";
import { fakeTrust, HEAD } from "./trust";
import { MANAGERS } from "./people";
import { look, report } from "./exports";
import { fakeAccounts } from "./accounts";
import { fakeBackground } from "./background";
import { buildWorld, NOW, type World } from "./world";

export interface FakeOptions {
  phase?: Phase;
  /** An open archive with nothing in it. */
  empty?: boolean;
  /** Commands that fail with these words. */
  failing?: Partial<Record<keyof Ipc, string>>;
  /** Commands that never answer. */
  hanging?: (keyof Ipc)[];
  delay?: number;
  /** The archive is older than a head that is known. */
  rolledBack?: boolean;
  /** The self-check finds damage. */
  damaged?: boolean;
  /** This computer has no keyring. */
  noKeyring?: boolean;
  /** The keyring opens the archive. */
  keyringOn?: boolean;
  /** A change of the master key was stopped. */
  rekeying?: boolean;
  /** What every source turns out to hold, instead of the usual. */
  preview?: Partial<ImportPreview>;
  /** The desktop has no place for a tray icon and nobody who shows notices. */
  bareDesktop?: boolean;
  /** Locking leaves the accounts recorded. */
  records?: boolean;
  /** Hears what an import was asked for. */
  heard?: (request: ImportRequest) => void;
}

export const PASSPHRASE = "летопись-2025";
export const RECOVERY = "K7QM-2XWD-9FHT-PL4R-VB6N-3JYC-8SEA-ZG5U";
const DAY = 86_400;
const EMPTY: World = { chats: [], messages: new Map(), promises: [], versions: new Map() };

type WaysIn = "security" | "unlockWithKeyring" | "changePassphrase" | "newRecoveryKey" | "draftRecoveryKey" | "setKeyring" | "setIdle" | "setRecordLocked" | "closeArchive" | "touch" | "rekey" | "finishRekey";

function failure(code: Failure["code"], text: string): Failure {
  return { code, text };
}

export function fakeIpc(options: FakeOptions = {}): Ipc {
  let phase: Phase = options.phase ?? "open";
  let passphrase = PASSPHRASE;
  let world = options.empty || phase === "absent" ? EMPTY : buildWorld();
  let cancelled = false;
  let recovery = RECOVERY;
  let wrong = 0;
  const keys: Security = { keyringThere: !options.noKeyring, keyringOn: options.keyringOn ?? false, rekeying: options.rekeying ?? false, idleMinutes: 15, recordLocked: true };
  let records = options.records ?? false;
  let saved: SavedSearch[] = [];
  let remembered: string[] = [];
  const asked = (request: ImportRequest) => options.heard?.(request);

  const state = (): AppState => {
    const all = [...world.messages.values()].flat();
    const times = all.flatMap((message) => message.sentAt ?? []);
    return {
      phase,
      archiveDir: "~/Letopis",
      version: "0.1.0",
      now: NOW,
      records: phase === "locked" && records,
      keys: { keyring: keys.keyringOn, rekeying: keys.rekeying, wait: wrong < 3 ? 0 : 2 ** (wrong - 3) },
      archive:
        phase !== "open"
          ? null
          : {
              messages: all.length, chats: world.chats.length, managers: new Set(world.chats.map((chat) => chat.manager.id)).size,
              deleted: all.filter((message) => message.deleted).length, edited: all.filter((message) => message.versions > 1).length,
              firstAt: times.length ? Math.min(...times) : null, lastAt: times.length ? Math.max(...times) : null, notIndexed: 0,
            },
    };
  };

  const job = async (stage: "reading" | "sealing" | "checking" | "copying" | "rekeying", onProgress: OnProgress): Promise<void> => {
    cancelled = false;
    for (let done = 0; done <= 10; done++) {
      onProgress({ stage, done: done * 100, total: 1000, messages: done * 297, chats: Math.min(12, done + 1), rate: 1480, left: done ? 200 - done * 20 : null });
      await new Promise((resolve) => setTimeout(resolve, options.delay ?? 0));
      if (cancelled) throw failure("cancelled", "");
    }
  };

  const load = async (source: string, onProgress: OnProgress): Promise<ImportReport> => {
    await job("reading", onProgress);
    const again = world !== EMPTY;
    world = again ? world : buildWorld();
    const messages = [...world.messages.values()].flat().length;
    return report(source, { chats: world.chats.length, messages, newVersions: again ? 0 : messages, unchanged: again ? messages : 0 });
  };

  const ipc: Omit<Ipc, WaysIn> = {
    ...fakeTrust({ world: () => world, job, failure, rolledBack: options.rolledBack ?? false }),
    appState: async () => state(),
    setLang: async () => null,
    createArchive: async (secret) => {
      passphrase = secret;
      phase = "open";
      return { recoveryKey: RECOVERY };
    },
    unlock: async (secret) => {
      if (secret !== passphrase) {
        wrong++;
        throw failure("wrongKey", "Пароль не подходит. Архив цел и остаётся закрытым. Проверьте раскладку и Caps Lock.");
      }
      wrong = 0;
      phase = "open";
      return state();
    },
    unlockWithRecovery: async (key) => {
      if (key.replace(/[^A-Z0-9]/gi, "").toUpperCase() !== recovery.replaceAll("-", "")) throw failure("wrongKey", "Ключ восстановления не подходит. Архив цел.");
      phase = "open";
      return state();
    },
    lock: async () => {
      phase = "locked";
      return state();
    },
    previewImport: async (paths, onProgress) => {
      await job("reading", onProgress);
      return paths.map((path) => look(path, options.preview));
    },
    importExport: async (request, onProgress) => {
      asked(request);
      const reports: ImportReport[] = [];
      for (const source of request.sources) reports.push(await load(source.path, onProgress));
      return reports;
    },
    saveImportReport: async () => null,
    loadDemo: (onProgress) => load("demo", onProgress),
    cancelJob: async () => {
      cancelled = true;
      return null;
    },
    chooseExport: async () => ["/home/anna/Export/result.json"],
    chooseExportFolder: async () => "/home/anna/DataExport_2025-11-20",
    chooseSaveFile: async (suggested) => `/home/anna/${suggested}`,
    choosePackFile: async (suggested) => `/home/anna/${suggested}`,
    chats: async () => world.chats,
    messages: async (chat, anchor, limit) => page(world.messages.get(chat) ?? [], anchor, limit),
    versions: async (link) => world.versions.get(link) ?? [],
    saveMedia: async () => null,
    chatCard: async (chat) => card(world, chat),
    search: async (query, filter, sort, offset, limit) => {
      explain(query);
      const found = search(world, query, filter);
      if (sort === "newest") found.hits.sort((a, b) => (b.message.sentAt ?? 0) - (a.message.sentAt ?? 0));
      if (sort === "oldest") found.hits.sort((a, b) => (a.message.sentAt ?? 0) - (b.message.sentAt ?? 0));
      return { ...found, hits: found.hits.slice(offset, offset + limit) };
    },
    searchCounts: async (query, filter) => search(world, query, filter).counts,
    completeSearch: async (query, cursor) => {
      const before = Array.from(query).slice(0, cursor).join("");
      const start = before.lastIndexOf(" ") + 1;
      const piece = before.slice(start);
      if (piece.startsWith("от:")) return MANAGERS.filter((one) => one.name.includes(piece.slice(3))).map((one) => ({ start, insert: `от:"${one.name}" `, label: one.name, name: "from" }));
      return piece ? [...OPERATORS].filter((name) => name.startsWith(piece)).map((name) => ({ start, insert: `${name}:`, label: `${name}:`, name })) : [];
    },
    searchInChat: async (query, filter, chat, from, way) => {
      explain(query);
      const { hits, instead } = search(world, query, { ...filter, chats: [chat] });
      const rows = (world.messages.get(chat) ?? []).map((row) => row.link);
      return { ...inChat(hits.map((hit) => rows.indexOf(hit.message.link)).sort((a, b) => a - b), rows, from, way), instead };
    },
    searchMarks: async (query, filter, links) => {
      const versions = (link: string) => world.versions.get(link) ?? [];
      const texts = (message: MessageView) => [{ version: 0, text: message.text }, ...versions(message.link).map((one) => ({ version: one.number, text: one.text }))];
      const hits = search(world, query, filter).hits.filter((hit) => links.includes(hit.message.link));
      return hits.map(({ message }) => ({ link: message.link, version: 0, texts: texts(message).map(({ version, text }) => ({ version, marks: marks(text, plainWords(query)) })).filter((one) => one.marks.length), fileName: marks(message.media?.fileName ?? "", plainWords(query)) }));
    },
    savedSearches: async () => saved,
    saveSearch: async (kept) => {
      saved = [...saved.filter((one) => one.name !== kept.name), { ...kept, id: saved.length + 1 }];
      return null;
    },
    deleteSearch: async (id) => {
      saved = saved.filter((one) => one.id !== id);
      return null;
    },
    searchHistory: async () => remembered,
    rememberSearch: async (query) => {
      remembered = [query, ...remembered.filter((one) => one !== query)];
      return null;
    },
    forgetSearchHistory: async () => {
      remembered = [];
      return null;
    },
    summary: async (request) => {
      const chats = world.chats.filter((chat) => (request.chats.length ? request.chats.includes(chat.id) : !request.manager || chat.manager.id === request.manager));
      return summarise(world, chats.map((chat) => chat.id), request.from, request.to);
    },
    promises: async () => world.promises,
    handoverDraft: async (request) => draft(world, request.manager, request.chats, request.months),
    handoverWrite: async (written, _secret, file, _lang, onProgress) => {
      await job("sealing", onProgress);
      const kept = written.clients.filter((client) => client.included);
      const promises = kept.flatMap((client) => client.lines).filter((line) => line.included && line.kind === "promise").length;
      return { file, clients: kept.length, messages: kept.reduce((sum, client) => sum + client.messages, 0), promises, bytes: 1_482_113 };
    },
    verify: async (onProgress) => {
      await job("checking", onProgress);
      const damaged = options.damaged ? [{ place: "blobs/5c0a", why: "does not fit its seal" }] : [];
      return { checked: [...world.messages.values()].flat().length, damaged, head: HEAD };
    },
    salvage: async (secret, byKey, onProgress) => {
      if (secret !== (byKey ? RECOVERY : passphrase)) throw failure("wrongKey", "Пароль не подходит. Архив цел и остаётся закрытым. Проверьте раскладку и Caps Lock.");
      phase = "locked";
      await job("reading", onProgress);
      return { folder: "~/Letopis.salvaged", whole: false, lines: ["Страниц повреждено: 1 из 300. Версий спасено: 5 008 из 5 020, файлов: 40.", "Кирилл · Промстрой (4001.user:555): потеряно версий 12, номера 400–411."] };
    },
    takeSalvaged: async () => {
      phase = "open";
      return state();
    },
    restore: async (file, secret, byKey, folder, onProgress) => {
      if (file.includes("broken")) throw failure("other", `${file}: резервная копия повреждена или обрезана. Ничего не восстановлено и не изменено: возьмите другую копию.`);
      if (secret !== (byKey ? RECOVERY : passphrase)) throw failure("wrongKey", "Пароль не подходит. Архив цел и остаётся закрытым. Проверьте раскладку и Caps Lock.");
      await job("copying", onProgress);
      if (folder === null) {
        world = buildWorld();
        phase = "open";
      }
      return { folder: folder ?? "~/Letopis", head: HEAD, state: state() };
    },
    ...fakeAccounts(options.empty ?? false),
    ...fakeBackground(options.bareDesktop ?? false),
  };
  return troubled({ ...ipc, ...ways() }, options);

  function prove(secret: Secret): void {
    const plain = (text: string) => text.replace(/[^A-Z0-9]/gi, "").toUpperCase();
    const fits = secret.kind === "passphrase" ? secret.text === passphrase : plain(secret.text) === plain(recovery);
    if (!fits) throw failure("wrongKey", "Пароль не подходит. Архив цел; попробуйте ещё раз или откройте ключом восстановления.");
  }

  /** The ways into the archive. */
  function ways(): Pick<Ipc, WaysIn> {
    const drafted = "DRFT-2XWD-9FHT-PL4R-VB6N-3JYC-8SEA-ZG5U";
    return {
      security: async () => ({ ...keys }),
      unlockWithKeyring: async () => {
        if (!keys.keyringOn) throw failure("other", "Хранилище паролей системы не открылось или не знает этого архива.");
        phase = "open";
        return state();
      },
      changePassphrase: async (secret, next) => {
        prove(secret);
        passphrase = next;
        return null;
      },
      newRecoveryKey: async (secret) => {
        prove(secret);
        recovery = "NEWK-2XWD-9FHT-PL4R-VB6N-3JYC-8SEA-ZG5U";
        return { recoveryKey: recovery };
      },
      draftRecoveryKey: async (secret) => {
        prove(secret);
        return { recoveryKey: drafted };
      },
      setKeyring: async (secret, on) => {
        prove(secret);
        keys.keyringOn = on;
        return { ...keys };
      },
      setIdle: async (minutes) => {
        keys.idleMinutes = minutes;
        return { ...keys };
      },
      setRecordLocked: async (on) => {
        keys.recordLocked = on;
        return { ...keys };
      },
      closeArchive: async () => {
        records = false;
        return state();
      },
      touch: async () => null,
      rekey: async (secret, key, onProgress) => {
        prove({ kind: "passphrase", text: secret });
        keys.rekeying = true;
        recovery = key;
        await job("rekeying", onProgress);
        keys.rekeying = false;
        return { keyringLost: false };
      },
      finishRekey: async (secret, onProgress) => {
        prove(secret);
        await job("rekeying", onProgress);
        keys.rekeying = false;
        return { keyringLost: false };
      },
    };
  }
}

function troubled(ipc: Ipc, options: FakeOptions): Ipc {
  return new Proxy(ipc, {
    get(target, name: keyof Ipc) {
      if (options.hanging?.includes(name)) return () => new Promise(() => undefined);
      const words = options.failing?.[name];
      if (words) return () => Promise.reject(failure("other", words));
      return Reflect.get(target, name);
    },
  });
}

function page(rows: MessageView[], anchor: Parameters<Ipc["messages"]>[1], limit: number): Page {
  const index = "link" in anchor ? rows.findIndex((row) => row.link === anchor.link) : -1;
  const dated = anchor.at === "date" ? rows.findIndex((row) => (row.sentAt ?? 0) >= anchor.atSeconds) : -1;
  const middle = anchor.at === "date" ? (dated < 0 ? rows.length - 1 : dated) : index;
  const from = {
    first: 0,
    last: rows.length - limit,
    before: index - limit,
    after: index + 1,
    around: middle - Math.floor(limit / 2),
    date: middle - Math.floor(limit / 2),
  }[anchor.at];
  const start = Math.max(0, from);
  const end = anchor.at === "before" ? Math.max(0, index) : Math.min(rows.length, start + limit);
  const focus = anchor.at === "around" || anchor.at === "date" ? (rows[middle]?.link ?? null) : null;
  return { messages: rows.slice(start, end), hasBefore: start > 0, hasAfter: end < rows.length, focus };
}

function card(world: World, chat: string): ChatCard {
  const rows = world.messages.get(chat) ?? [];
  const today = NOW - (NOW % DAY);
  return {
    summary: summarise(world, [chat], NOW - 21 * DAY, NOW),
    promises: world.promises.filter((promise) => promise.chat === chat),
    firstAt: rows[0]?.sentAt ?? null,
    firstDirection: rows[0]?.direction ?? null,
    sent: rows.filter((row) => row.direction === "out").length,
    received: rows.filter((row) => row.direction === "in").length,
    days: Array.from({ length: 30 }, (_, i) => {
      const day = today - (29 - i) * DAY;
      const here = rows.filter((row) => (row.sentAt ?? 0) >= day && (row.sentAt ?? 0) < day + DAY);
      return { day, sent: here.filter((row) => row.direction === "out").length, received: here.filter((row) => row.direction === "in").length };
    }),
    responseMedian: rows.length ? 18 * 60 : null,
    responseP90: rows.length ? 220 * 60 : null,
  };
}

function summarise(world: World, chats: string[], from: number, to: number): Summary {
  const rows = chats.flatMap((chat) => world.messages.get(chat) ?? []).filter((row) => (row.sentAt ?? 0) >= from && (row.sentAt ?? 0) < to);
  const titles = new Map(world.chats.map((chat) => [chat.id, chat.title]));
  const item = (row: MessageView, kind: string): SummaryItem => ({
    quote: row.text, sender: row.sender, direction: row.direction, chat: row.chat, chatTitle: titles.get(row.chat) ?? "", at: row.sentAt ?? 0,
    citations: [{ link: row.link, at: row.sentAt ?? 0 }], promise: world.promises.find((promise) => promise.link === row.link) ?? null, class: kind,
  });
  const marked = (mark: string, kind = "") => rows.filter((row) => row.marks.some((one) => one === mark) && row.text).slice(-6).map((row) => item(row, kind));
  const changed = rows.filter((row) => row.text && (row.deleted ?? row.versions > 1)).slice(-5).map((row) => item(row, row.deleted ? "deleted" : "edited"));
  const sections: Summary["sections"] = [
    { kind: "promises", items: marked("promise") },
    { kind: "questions", items: marked("question") },
    { kind: "requests", items: marked("request", "documents") },
    { kind: "agreements", items: marked("agreement") },
    { kind: "changes", items: changed },
  ];
  return { sections: sections.filter((section) => section.items.length), chats: new Set(rows.map((row) => row.chat)).size, messages: rows.length };
}

const OPERATORS = new Set(["от", "from", "чат", "есть", "has", "это", "is", "до", "после", "за"]);
/** A word that is found by another one only: the other keyboard layout. */
const LAYOUT: Record<string, string> = { ljujdjh: "договор" };

function explain(query: string): void {
  const wrong = /(\p{L}{2,}):(\S+)/gu.exec(query);
  if (wrong && !OPERATORS.has(wrong[1] ?? "")) throw failure("query", `Уточнения «${wrong[1] ?? ""}:» нет. Чтобы искать эти слова как текст, возьмите их в кавычки.`);
}

/** `hits` are places in `rows`, ascending. */
function inChat(hits: number[], rows: string[], from: string | null, way: Way): Omit<InChat, "instead"> {
  const at = from === null ? rows.length : rows.indexOf(from);
  const before = hits.filter((hit) => hit < at).length;
  const until = hits.filter((hit) => hit <= at).length;
  const wrapped = (index: number) => (index + hits.length) % hits.length;
  const index = hits.length === 0 ? -1 : { here: Math.max(0, until - 1), next: wrapped(until), previous: wrapped(before - 1) }[way];
  return { total: hits.length, number: index + 1, link: rows[hits[index] ?? -1] ?? null };
}

function plainWords(query: string): string[] {
  const words = query.replace(/\p{L}+:("[^"]*"|\S*)/gu, " ").toLowerCase().replaceAll('"', " ").split(/\s+/).filter(Boolean);
  return words.map((word) => LAYOUT[word] ?? word);
}

function marks(text: string, words: string[]): Range[] {
  return words.flatMap((word) => {
    const at = text.toLowerCase().indexOf(word);
    return at < 0 ? [] : [{ start: Array.from(text.slice(0, at)).length, len: Array.from(word).length }];
  });
}

function search(world: World, query: string, filter: SearchFilter): SearchPage & { counts: SearchCounts } {
  const words = plainWords(query);
  const typed = query.trim().toLowerCase();
  const rows = new Map(world.chats.map((chat) => [chat.id, chat]));
  const all = [...world.messages.values()].flat();
  const within = (list: string[] | undefined, value: string) => !list?.length || list.includes(value);
  const hits = all.filter((message) => {
    const chat = rows.get(message.chat);
    const text = message.text.toLowerCase();
    return (
      words.every((word) => text.includes(word)) && (words.length > 0 || message.text !== "") &&
      within(filter.chats, message.chat) && within(filter.managers, chat?.manager.id ?? "") && within(filter.senders, message.sender) && within(filter.kinds, message.kind) &&
      (filter.from == null || (message.sentAt ?? 0) >= filter.from) && (filter.to == null || (message.sentAt ?? 0) < filter.to) &&
      (filter.deleted == null || filter.deleted === Boolean(message.deleted)) && (filter.edited == null || filter.edited === message.versions > 1)
    );
  });
  const count = (value: (message: MessageView) => string, label = value): Facet[] => {
    const counts = new Map<string, Facet>();
    for (const hit of hits) {
      const facet = counts.get(value(hit)) ?? { value: value(hit), label: label(hit), count: 0 };
      facet.count++;
      counts.set(facet.value, facet);
    }
    return [...counts.values()].sort((a, b) => b.count - a.count);
  };
  const chatOf = (message: MessageView) => rows.get(message.chat);
  const chips = [...query.matchAll(/\p{L}+:("[^"]*"|\S+)/gu)].map((found) => ({ name: "from", negated: false, start: Array.from(query.slice(0, found.index)).length, len: Array.from(found[0]).length }));
  return {
    chips, covered: null,
    instead: LAYOUT[typed] ? { kind: "layout", shown: LAYOUT[typed] } : null,
    drops: hits.length === 0 && words.length > 1 ? [{ dropped: words.at(-1) ?? "", query: words.slice(0, -1).join(" "), total: 1 }] : [],
    hits: hits.reverse().map((message) => ({
      message, chatTitle: chatOf(message)?.title ?? "", manager: chatOf(message)?.manager.name ?? "", snippet: message.text, version: 0,
      marks: marks(message.text, words),
    })),
    counts: {
      total: hits.length,
      facets: {
        managers: count((m) => chatOf(m)?.manager.id ?? "", (m) => chatOf(m)?.manager.name ?? ""), chats: count((m) => m.chat, (m) => chatOf(m)?.title ?? ""),
        senders: count((m) => m.sender), kinds: count((m) => m.kind), deleted: hits.filter((m) => m.deleted).length, edited: hits.filter((m) => m.versions > 1).length,
        months: count((m) => new Date((m.sentAt ?? 0) * 1000).toISOString().slice(0, 7)).sort((a, b) => a.value.localeCompare(b.value)),
      },
    },
  };
}

function draft(world: World, manager: string, chats: string[], months: number): HandoverDraft {
  const from = NOW - months * 30 * DAY;
  const rows = world.chats.filter((chat) => chat.manager.id === manager && (!chats.length || chats.includes(chat.id)));
  return {
    manager, months, from, to: NOW, note: "",
    clients: rows.map((chat) => {
      const messages = (world.messages.get(chat.id) ?? []).filter((message) => (message.sentAt ?? 0) >= from);
      const lines = messages.filter((message) => message.marks.length && message.text).slice(-7);
      return {
        chat: chat.id, title: chat.title, included: true, messages: messages.length, lastAt: chat.lastAt,
        state: chat.waitingSince ? "Клиент ждёт ответа" : "Последнее слово за нами",
        lines: lines.map((message) => ({
          kind: message.marks[0] ?? "read", text: message.text, sender: message.sender, link: message.link, at: message.sentAt ?? 0,
          dueAt: world.promises.find((promise) => promise.link === message.link)?.dueAt ?? null,
          promise: world.promises.find((promise) => promise.link === message.link)?.state ?? null, included: true,
        })),
        people: [...new Set(messages.map((message) => message.sender))].map((name) => ({
          name, direction: messages.find((message) => message.sender === name)?.direction ?? "in", messages: messages.filter((message) => message.sender === name).length,
        })),
      };
    }),
  };
}
