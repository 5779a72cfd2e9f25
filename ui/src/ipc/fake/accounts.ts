// Accounts in memory: one that is live, and a sign-in that takes the code 12345 and the password «тайна».

import type { AccountView, Failure, LoginView, Scan, SweepView } from "../bindings";
import type { Ipc } from "../index";
import { NOW } from "./world";

type Accounts = Pick<
  Ipc,
  | "accounts" | "loginState" | "loginPhone" | "loginQr" | "loginScanned" | "loginResend" | "loginCode" | "loginPassword" | "loginCancel"
  | "accountScan" | "accountScope" | "consentWords" | "accountConsent" | "accountWithdraw" | "accountSwitch" | "accountProxy" | "accountCheck" | "accountSignOut"
  | "accountSweep" | "accountSweepCancel" | "accountTakeout"
>;

const DAY = 86_400;

function anna(): AccountView {
  return {
    id: "4001", name: "Анна Белова", state: "live", isOn: true, heardAt: NOW, behind: 0, waitsUntil: null, trouble: "", fillDays: 90, proxy: "",
    consent: { given: true, who: "Анна Белова", at: NOW - 20 * DAY, ownerPresent: true },
    scope: [{ folder: 3, chat: null, title: "Клиенты", allow: true, withPrivate: true }, { folder: null, chat: "channel:78", title: "Курилка", allow: false, withPrivate: false }],
    chats: [
      { chat: "user:102", title: "Кирилл · Промстрой", joinedAt: NOW - 20 * DAY, filledTo: NOW - 110 * DAY, fillSince: NOW - 110 * DAY, fillDone: true, total: 1284, lostSince: null, lostWhy: null, gaps: [], isGone: false, watchedTo: null, checkedAt: NOW - 3600, sweep: null },
      { chat: "channel:77", title: "Бригада", joinedAt: NOW - 20 * DAY, filledTo: NOW - 30 * DAY, fillSince: NOW - 110 * DAY, fillDone: false, total: 8200, lostSince: NOW - DAY, lostWhy: "too-long", gaps: [{ from: NOW - 9 * DAY, to: NOW - 8 * DAY, why: "no-access" }], isGone: false, watchedTo: null, checkedAt: null, sweep: { beganAt: NOW - 600, lookedAt: 2400, found: 3, isDone: false } },
    ],
    mediaWaiting: 12, mediaLost: 1, takeout: { isOn: false, isRunning: false, waitsUntil: null },
    spans: [{ from: NOW - 20 * DAY, to: NOW - 2 * DAY }, { from: NOW - 2 * DAY + 7800, to: NOW }],
  };
}

const SCAN: Scan = {
  folders: [{ id: 3, title: "Клиенты" }, { id: 4, title: "Семья" }],
  chats: [
    { chat: "user:102", title: "Кирилл · Промстрой", isPrivate: true, isArchived: false, folders: [3] },
    { chat: "channel:77", title: "Бригада", isPrivate: false, isArchived: false, folders: [3] },
    { chat: "user:500", title: "Мама", isPrivate: true, isArchived: false, folders: [4] },
  ],
};

function refused(text: string): Failure {
  return { code: "other", text };
}

export function fakeAccounts(empty: boolean): Accounts {
  let list: AccountView[] = empty ? [] : [anna()];
  let login: LoginView = { step: "none" };
  const change = (id: string, edit: (account: AccountView) => AccountView): Promise<null> => {
    list = list.map((account) => (account.id === id ? edit(account) : account));
    return Promise.resolve(null);
  };
  const sweep = (id: string, chat: string, sweep: SweepView | null): Promise<null> =>
    change(id, (account) => ({ ...account, chats: account.chats.map((one) => (one.chat === chat ? { ...one, sweep } : one)) }));
  const done = (): LoginView => {
    list = [...list, { ...anna(), id: "4002", name: "Игорь Волков", state: "needsScope", isOn: false, heardAt: null, behind: null, consent: null, scope: [], chats: [], spans: [], mediaWaiting: 0, mediaLost: 0, fillDays: null }];
    login = { step: "none" };
    return { step: "done", account: "4002", name: "Игорь Волков" };
  };
  return {
    accounts: async () => list,
    loginState: async () => login,
    loginPhone: async (keys, phone) => {
      if (!/^\d+$/.test(keys.apiId.trim())) throw refused("Telegram не принимает api_id и api_hash. Скопируйте их ещё раз со страницы my.telegram.org.");
      return (login = { step: "code", phone, way: "app", length: 5, next: "sms", resendAfter: NOW + 60 });
    },
    loginQr: async () => (login = { step: "qr", rows: ["#######", "#     #", "# ### #", "#     #", "#######"], expiresAt: NOW + 30 }),
    loginScanned: async () => (login = { step: "password", hint: "сказка" }),
    loginResend: async () => (login = { step: "code", phone: "+79990000002", way: "sms", length: 5, next: null, resendAfter: null }),
    loginCode: async (code) => {
      if (code.trim() !== "12345") throw refused("Код не подходит. Проверьте цифры и введите ещё раз.");
      return (login = { step: "password", hint: "сказка" });
    },
    loginPassword: async (password) => {
      if (password !== "тайна") throw refused("Облачный пароль не подходит. Попробуйте ещё раз.");
      return done();
    },
    loginCancel: async () => {
      login = { step: "none" };
      return null;
    },
    accountScan: async () => SCAN,
    accountScope: (id, scope) => change(id, (account) => ({ ...account, scope: scope.rules, fillDays: scope.fillDays, state: account.consent?.given ? account.state : "needsConsent" })),
    consentWords: async () => "Я согласен, чтобы Летопись вела запись моих рабочих чатов.",
    accountConsent: (id, consent) =>
      change(id, (account) => ({ ...account, state: "live", isOn: true, heardAt: NOW, behind: 0, consent: { given: true, who: consent.who, at: NOW, ownerPresent: consent.ownerPresent } })),
    accountWithdraw: (id, who) => change(id, (account) => ({ ...account, state: "needsConsent", isOn: false, consent: account.consent && { ...account.consent, given: false, who, at: NOW } })),
    accountSwitch: (id, on) => change(id, (account) => ({ ...account, isOn: on, state: on ? "live" : "off" })),
    accountProxy: async (id, proxy) => {
      if (proxy && !proxy.startsWith("socks5://")) throw refused("Адрес прокси пишется так: socks5://имя:пароль@узел:порт, имя и пароль можно пропустить.");
      return change(id, (account) => ({ ...account, proxy: proxy.replace("socks5://", "") }));
    },
    accountCheck: async () => null,
    accountSweep: (id, chat) => sweep(id, chat, { beganAt: NOW, lookedAt: 0, found: 0, isDone: false }),
    accountSweepCancel: (id, chat) => sweep(id, chat, null),
    accountTakeout: (id, on) => change(id, (account) => ({ ...account, takeout: { isOn: on, isRunning: false, waitsUntil: on ? NOW + DAY : null } })),
    accountSignOut: (id) => change(id, (account) => ({ ...account, state: "signedOut", isOn: false })),
  };
}
