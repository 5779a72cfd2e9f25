// The real shell: the generated commands, with their failures thrown as the views expect them.

import { Channel } from "@tauri-apps/api/core";
import { commands, events, type Failure, type Progress } from "./bindings";
import type { Growth, Ipc, OnProgress, Recording } from "./index";

type Answer<T> = { status: "ok"; data: T } | { status: "error"; error: Failure };

async function data<T>(answer: Promise<Answer<T>>): Promise<T> {
  const given = await answer;
  if (given.status === "error") throw given.error;
  return given.data;
}

function channel(onProgress: OnProgress): Channel<Progress> {
  const channel = new Channel<Progress>();
  channel.onmessage = onProgress;
  return channel;
}

const nothing = async (done: Promise<void>): Promise<null> => {
  await done;
  return null;
};

export const tauriIpc: Ipc = {
  appState: () => data(commands.appState()),
  setLang: (lang) => nothing(commands.setLang(lang)),
  createArchive: (passphrase) => data(commands.createArchive(passphrase)),
  unlock: (passphrase) => data(commands.unlock(passphrase)),
  unlockWithRecovery: (key) => data(commands.unlockWithRecovery(key)),
  lock: () => data(commands.lock()),
  importExport: (paths, manager, onProgress) => data(commands.importExport(paths, manager, channel(onProgress))),
  loadDemo: (onProgress) => data(commands.loadDemo(channel(onProgress))),
  cancelJob: () => nothing(commands.cancelJob()),
  chooseExport: () => commands.chooseExport(),
  choosePackFile: (suggested) => commands.choosePackFile(suggested),
  chats: () => data(commands.chats()),
  messages: (chat, anchor, limit) => data(commands.messages(chat, anchor, limit)),
  versions: (link) => data(commands.versions(link)),
  chatCard: (chat) => data(commands.chatCard(chat)),
  search: (query, filter, sort, offset, limit) => data(commands.search(query, filter, sort, offset, limit)),
  summary: (request) => data(commands.summary(request)),
  promises: () => data(commands.promises()),
  handoverDraft: (request) => data(commands.handoverDraft(request)),
  handoverWrite: (draft, passphrase, file, lang, onProgress) =>
    data(commands.handoverWrite(draft, passphrase, file, lang, channel(onProgress))),
  verify: (onProgress) => data(commands.verify(channel(onProgress))),
  accounts: () => data(commands.accounts()),
  loginState: () => data(commands.loginState()),
  loginPhone: (keys, phone) => data(commands.loginPhone(keys, phone)),
  loginQr: (keys) => data(commands.loginQr(keys)),
  loginScanned: () => data(commands.loginScanned()),
  loginResend: () => data(commands.loginResend()),
  loginCode: (code) => data(commands.loginCode(code)),
  loginPassword: (password) => data(commands.loginPassword(password)),
  loginCancel: () => data(commands.loginCancel()),
  accountScan: (account) => data(commands.accountScan(account)),
  accountScope: (account, scope) => data(commands.accountScope(account, scope)),
  consentWords: () => data(commands.consentWords()),
  accountConsent: (account, consent) => data(commands.accountConsent(account, consent)),
  accountWithdraw: (account, who) => data(commands.accountWithdraw(account, who)),
  accountSwitch: (account, on) => data(commands.accountSwitch(account, on)),
  accountCheck: (account) => data(commands.accountCheck(account)),
  accountSignOut: (account) => data(commands.accountSignOut(account)),
};

export const tauriGrowth: Growth = (grown) => events.archiveGrew.listen(grown);

export const tauriRecording: Recording = async ({ changed, alert }) => {
  const ends = await Promise.all([events.accountsChanged.listen(changed), events.captureAlert.listen((heard) => alert(heard.payload))]);
  return () => ends.forEach((end) => end());
};
