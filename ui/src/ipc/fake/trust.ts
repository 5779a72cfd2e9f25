// The fake's side of trust: the feed of changes, evidence, health, retention and holds, the access log.

import type {
  AccessRow, ChangeFilter, ChangeView, ErasureRow, ForgetPlan, HoldRow, RetentionRow, RolledBackView, Weighed,
} from "../bindings";
import type { Failure, Ipc, OnProgress } from "../index";
import { MANAGERS } from "./people";
import { NOW, type World } from "./world";

const DAY = 86_400;
const WHO = "anna";
export const HEAD = `48213 ${"5c".repeat(32)}`;
const KNOWN = `48290 ${"7a".repeat(32)}`;
/** Deletions of this chat are told as one mass event. */
const MASS_CHAT = "Вера, «Оптика 24»";

type Trust = Pick<
  Ipc,
  | "chooseFolder" | "chooseBackupPlace" | "chooseBackup" | "changes" | "writeEvidence" | "rolledBack" | "acceptHead" | "treeHead" | "compareHead" | "backup"
  | "compact" | "retention" | "weighRetention" | "setRetention" | "applyRetention" | "holds" | "placeHold" | "liftHold" | "planForgetting" | "forget" | "erasures"
  | "accessLog"
>;

export interface TrustNeeds {
  world: () => World;
  job: (stage: "checking" | "copying", onProgress: OnProgress) => Promise<void>;
  failure: (code: Failure["code"], text: string) => Failure;
  rolledBack: boolean;
}

function changesOf(world: World): ChangeView[] {
  const rows: ChangeView[] = [];
  for (const chat of world.chats) {
    const messages = world.messages.get(chat.id) ?? [];
    const blank = {
      chat: chat.id, chatTitle: chat.title, manager: chat.manager.name, count: 1, vanished: false, event: null, after: null, samples: [] as string[], cause: "unknown",
    };
    const last = messages.at(-1);
    if (chat.vanished && last) {
      const { from, to } = chat.vanished;
      rows.push({
        ...blank, id: `${chat.id}/${to}.1`, sort: "mass", vanished: true, count: messages.length, link: last.link, event: { chat: chat.id, first: `${to}.1`, last: `${to}.1` },
        sender: last.sender, direction: last.direction, sentAt: last.sentAt, kind: last.kind, before: last.text, from, to, seenAt: to, source: "reconcile", cause: "chat-vanished",
        samples: messages.filter((message) => message.text).slice(-3).reverse().map((message) => message.text),
      });
      continue;
    }
    if (chat.title === MASS_CHAT) {
      const gone = messages.filter((message) => message.text).slice(-40, -10);
      const newest = gone.at(-1);
      const [from, to] = [NOW - 5 * DAY, NOW - 5 * DAY + 20];
      if (newest)
        rows.push({
          ...blank, id: `${chat.id}/${to}.2`, sort: "mass", count: gone.length, link: newest.link, event: { chat: chat.id, first: `${to}.9`, last: `${to}.2` }, sender: newest.sender,
          direction: newest.direction, sentAt: newest.sentAt, kind: newest.kind, before: newest.text, from, to, seenAt: to, source: "live",
          samples: gone.slice(-3).reverse().map((message) => message.text),
        });
    }
    for (const message of messages) {
      const same = { ...blank, link: message.link, sender: message.sender, direction: message.direction, sentAt: message.sentAt, kind: message.kind };
      if (message.deleted) {
        const { from, to, source, cause } = message.deleted;
        rows.push({ ...same, id: `${message.link}/${to}`, sort: "deleted", before: message.text, from, to, seenAt: to, source, cause });
      }
      const versions = world.versions.get(message.link) ?? [];
      const [was, is] = [versions.at(-2), versions.at(-1)];
      if (was && is) {
        const at = is.at ?? is.seenAt;
        rows.push({ ...same, id: `${message.link}/${at}`, sort: "edited", before: was.text, after: is.text, from: at, to: at, seenAt: is.seenAt, source: is.source });
      }
    }
  }
  return rows.sort((a, b) => b.seenAt - a.seenAt || b.id.localeCompare(a.id));
}

function fits(filter: ChangeFilter, row: ChangeView, world: World): boolean {
  const chat = world.chats.find((one) => one.id === row.chat);
  return (
    (!filter.kinds.length || filter.kinds.includes(row.sort)) && (!filter.chats.length || filter.chats.includes(row.chat)) &&
    (!filter.manager || Boolean(chat?.managers.includes(filter.manager))) && (filter.from === null || row.seenAt >= filter.from) && (filter.to === null || row.seenAt < filter.to)
  );
}

export function fakeTrust({ world, job, failure, rolledBack }: TrustNeeds): Trust {
  let back: RolledBackView | null = rolledBack ? { known: KNOWN, missing: 77, found: 48_213 } : null;
  const days = new Map<string, { days: number; at: number }>();
  const holds: HoldRow[] = [];
  const erased: ErasureRow[] = [];
  const log: AccessRow[] = [];
  const titleOf = (chat: string) => world().chats.find((one) => one.id === chat)?.title ?? "";
  const note = (action: string, chat: string | null, what = "", why = "", at = NOW) =>
    log.unshift({ no: log.length + 1, at, who: WHO, action, chat, title: chat ? titleOf(chat) : "", what, why });
  const standing = (chat: string) => holds.find((hold) => hold.chat === chat && hold.liftedAt === null);
  const weigh = (manager: string, before: number): Weighed => {
    const chats = world().chats.filter((chat) => chat.managers.includes(manager));
    const free = chats.filter((chat) => !standing(chat.id));
    const counts = free.map((chat) => (world().messages.get(chat.id) ?? []).filter((message) => (message.sentAt ?? 0) < before).length);
    const messages = counts.reduce((sum, n) => sum + n, 0);
    return { chats: counts.filter(Boolean).length, messages, versions: messages + 4, files: Math.floor(messages / 30), held: chats.length - free.length };
  };
  const plan = (chat: string): ForgetPlan => {
    if (standing(chat)) throw failure("other", "Чат на удержании: его нельзя стереть, пока удержание не снято. Ничего не стёрто.");
    const messages = (world().messages.get(chat) ?? []).length;
    return { weighed: { chats: 1, messages, versions: messages + 12, files: 7, held: 0 }, code: "4f09a1c7" };
  };
  // What somebody did before: enough for a list that scrolls.
  world().chats.forEach((chat, i) => {
    for (let n = 0; n < 12; n++) note("opened-chat", chat.id, "", "", NOW - (200 - i * 12 - n) * 1800);
    note("searched", null, ["договор", "скидка 12%", "счёт 47"][i % 3], "", NOW - (200 - i * 12 - 12) * 1800);
  });
  if (world().chats.length) note("verified", null, "0", "", NOW - 3600);

  return {
    chooseFolder: async () => "/home/anna/Documents",
    chooseBackupPlace: async (suggested) => `/media/anna/Disk/${suggested}`,
    chooseBackup: async () => "/media/anna/Disk/Летопись-2025-11-20.letopis-backup",
    changes: async (filter, before, limit) => {
      const rows = changesOf(world()).filter((row) => fits(filter, row, world()));
      const start = before === null ? 0 : rows.findIndex((row) => row.id === before) + 1;
      const page = rows.slice(start, start + limit);
      return { rows: page, next: start + limit < rows.length ? (page.at(-1)?.id ?? null) : null };
    },
    writeEvidence: async (of, folder, why) => {
      if (folder.includes("taken")) throw failure("other", `${folder}: уже существует. Ничего не изменено: откройте этот архив или выберите другое место.`);
      const events = changesOf(world()).filter((row) => of.events.some((event) => event.last === row.event?.last));
      note("evidence", null, folder, why);
      return { folder, messages: of.links.length + events.reduce((sum, row) => sum + row.count, 0), files: of.links.length, head: HEAD };
    },
    rolledBack: async () => back,
    acceptHead: async () => {
      back = null;
      return null;
    },
    treeHead: async () => HEAD,
    compareHead: async (head) => {
      const [size, root] = head.split(" ");
      if (!size || !/^\d+$/.test(size) || root?.length !== 64) return { verdict: "unreadable", missing: 0 };
      if (head === HEAD) return { verdict: "fits", missing: 0 };
      const missing = Number(size) - 48_213;
      return missing > 0 ? { verdict: "missing", missing } : { verdict: "differs", missing: 0 };
    },
    backup: async (file, onProgress) => {
      await job("copying", onProgress);
      note("backup", null, file);
      return { file, kilobytes: 716_800, files: 118, head: HEAD, at: NOW };
    },
    compact: async () => null,
    retention: async () =>
      (world().chats.length ? MANAGERS : []).map((manager): RetentionRow => {
        const rule = days.get(manager.id);
        return { account: manager.id, manager: manager.name, days: rule?.days ?? null, setAt: rule?.at ?? null, who: rule ? WHO : "" };
      }),
    weighRetention: async (manager, n) => weigh(manager, NOW - n * DAY),
    setRetention: async (manager, n) => {
      if (n === null) days.delete(manager);
      else days.set(manager, { days: n, at: NOW });
      note("set-retention", null, `${manager} ${n ?? "-"}`);
      return null;
    },
    applyRetention: async (onProgress) => {
      await job("copying", onProgress);
      const all = [...days].map(([manager, rule]) => weigh(manager, NOW - rule.days * DAY));
      const sum = (pick: (one: Weighed) => number) => all.reduce((total, one) => total + pick(one), 0);
      return { chats: sum((w) => w.chats), messages: sum((w) => w.messages), versions: sum((w) => w.versions), files: sum((w) => w.files), held: sum((w) => w.held) };
    },
    holds: async () => [...holds],
    placeHold: async (chat, why) => {
      if (!standing(chat)) holds.unshift({ chat, title: titleOf(chat), placedAt: NOW, placedBy: WHO, why, liftedAt: null, liftedBy: "" });
      note("placed-hold", chat, "", why);
      return null;
    },
    liftHold: async (chat) => {
      const at = holds.findIndex((hold) => hold.chat === chat && hold.liftedAt === null);
      const hold = holds[at];
      if (hold) holds[at] = { ...hold, liftedAt: NOW, liftedBy: WHO };
      note("lifted-hold", chat);
      return null;
    },
    planForgetting: async (chat) => plan(chat),
    forget: async (chat, code, why, onProgress) => {
      const { weighed, code: asked } = plan(chat);
      if (code.trim().toLowerCase() !== asked) throw failure("other", "Код подтверждения не подходит. Ничего не стёрто.");
      await job("copying", onProgress);
      const here = world();
      here.chats = here.chats.filter((one) => one.id !== chat);
      here.messages.delete(chat);
      erased.unshift({ at: NOW, chat, title: "", before: null, messages: weighed.messages, versions: weighed.versions, files: weighed.files, head: HEAD, who: WHO, why });
      note("erased", chat, String(weighed.messages), why);
      return { weighed, head: HEAD, copiesRemoved: 1 };
    },
    erasures: async () => [...erased],
    accessLog: async (actions, before, limit) => {
      const rows = log.filter((row) => (!actions.length || actions.includes(row.action)) && (before === null || row.no < before)).sort((a, b) => b.no - a.no);
      return { rows: rows.slice(0, limit), next: rows.length > limit ? (rows[limit - 1]?.no ?? null) : null };
    },
  };
}
