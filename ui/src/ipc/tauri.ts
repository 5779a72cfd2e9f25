// The real shell: the generated commands, with their failures thrown as the views expect them.

import { Channel, convertFileSrc } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { commands, events, type Failure, type Progress } from "./bindings";
import type { Closing, Drags, Growth, Ipc, Locks, OnProgress, ReadMedia, Recording } from "./index";

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
  previewImport: (paths, onProgress) => data(commands.previewImport(paths, channel(onProgress))),
  importExport: (request, onProgress) => data(commands.importExport(request, channel(onProgress))),
  saveImportReport: (file) => data(commands.saveImportReport(file)),
  loadDemo: (onProgress) => data(commands.loadDemo(channel(onProgress))),
  cancelJob: () => nothing(commands.cancelJob()),
  chooseExport: () => commands.chooseExport(),
  chooseExportFolder: () => commands.chooseExportFolder(),
  chooseSaveFile: (suggested) => commands.chooseSaveFile(suggested),
  choosePackFile: (suggested) => commands.choosePackFile(suggested),
  chats: () => data(commands.chats()),
  messages: (chat, anchor, limit) => data(commands.messages(chat, anchor, limit)),
  versions: (link) => data(commands.versions(link)),
  saveMedia: (link, file) => data(commands.saveMedia(link, file)),
  chatCard: (chat) => data(commands.chatCard(chat)),
  search: (query, filter, sort, offset, limit) => data(commands.search(query, filter, sort, offset, limit)),
  searchCounts: (query, filter) => data(commands.searchCounts(query, filter)),
  completeSearch: (query, cursor) => data(commands.completeSearch(query, cursor)),
  searchInChat: (query, filter, chat, from, way) => data(commands.searchInChat(query, filter, chat, from, way)),
  searchMarks: (query, filter, links) => data(commands.searchMarks(query, filter, links)),
  savedSearches: () => data(commands.savedSearches()),
  saveSearch: (search) => data(commands.saveSearch(search)),
  deleteSearch: (id) => data(commands.deleteSearch(id)),
  searchHistory: () => data(commands.searchHistory()),
  rememberSearch: (query) => data(commands.rememberSearch(query)),
  forgetSearchHistory: () => data(commands.forgetSearchHistory()),
  summary: (request) => data(commands.summary(request)),
  promises: () => data(commands.promises()),
  handoverDraft: (request) => data(commands.handoverDraft(request)),
  handoverWrite: (draft, passphrase, file, lang, onProgress) =>
    data(commands.handoverWrite(draft, passphrase, file, lang, channel(onProgress))),
  verify: (onProgress) => data(commands.verify(channel(onProgress))),
  chooseFolder: () => commands.chooseFolder(),
  chooseBackupPlace: (suggested) => commands.chooseBackupPlace(suggested),
  chooseBackup: () => commands.chooseBackup(),
  changes: (filter, before, limit) => data(commands.changes(filter, before, limit)),
  writeEvidence: (of, folder, why, lang) => data(commands.writeEvidence(of, folder, why, lang)),
  rolledBack: () => data(commands.rolledBack()),
  acceptHead: () => data(commands.acceptHead()),
  treeHead: () => data(commands.treeHead()),
  compareHead: (head) => data(commands.compareHead(head)),
  backup: (file, onProgress) => data(commands.backup(file, channel(onProgress))),
  salvage: (secret, byKey, onProgress) => data(commands.salvage(secret, byKey, channel(onProgress))),
  takeSalvaged: (folder, secret, byKey) => data(commands.takeSalvaged(folder, secret, byKey)),
  restore: (file, secret, byKey, folder, onProgress) => data(commands.restore(file, secret, byKey, folder, channel(onProgress))),
  compact: () => data(commands.compact()),
  retention: () => data(commands.retention()),
  weighRetention: (manager, days) => data(commands.weighRetention(manager, days)),
  setRetention: (manager, days) => data(commands.setRetention(manager, days)),
  applyRetention: (onProgress) => data(commands.applyRetention(channel(onProgress))),
  holds: () => data(commands.holds()),
  placeHold: (chat, why) => data(commands.placeHold(chat, why)),
  liftHold: (chat) => data(commands.liftHold(chat)),
  planForgetting: (chat) => data(commands.planForgetting(chat)),
  forget: (chat, code, why, onProgress) => data(commands.forget(chat, code, why, channel(onProgress))),
  erasures: () => data(commands.erasures()),
  accessLog: (actions, before, limit) => data(commands.accessLog(actions, before, limit)),
  security: () => data(commands.security()),
  unlockWithKeyring: () => data(commands.unlockWithKeyring()),
  changePassphrase: (secret, passphrase) => data(commands.changePassphrase(secret, passphrase)),
  newRecoveryKey: (secret) => data(commands.newRecoveryKey(secret)),
  draftRecoveryKey: (secret) => data(commands.draftRecoveryKey(secret)),
  setKeyring: (secret, on) => data(commands.setKeyring(secret, on)),
  setIdle: (minutes) => data(commands.setIdle(minutes)),
  setRecordLocked: (on) => data(commands.setRecordLocked(on)),
  closeArchive: () => data(commands.closeArchive()),
  background: () => data(commands.background()),
  setBackground: (wish) => data(commands.setBackground(wish)),
  hideWindow: () => nothing(commands.hideWindow()),
  quit: () => nothing(commands.quit()),
  touch: () => nothing(commands.touch()),
  rekey: (passphrase, recoveryKey, onProgress) => data(commands.rekey(passphrase, recoveryKey, channel(onProgress))),
  finishRekey: (secret, onProgress) => data(commands.finishRekey(secret, channel(onProgress))),
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
  accountProxy: (account, proxy) => data(commands.accountProxy(account, proxy)),
  accountCheck: (account) => data(commands.accountCheck(account)),
  accountSweep: (account, chat) => data(commands.accountSweep(account, chat)),
  accountSweepCancel: (account, chat) => data(commands.accountSweepCancel(account, chat)),
  accountTakeout: (account, on) => data(commands.accountTakeout(account, on)),
  accountSignOut: (account) => data(commands.accountSignOut(account)),
};

export const tauriGrowth: Growth = (grown) => events.archiveGrew.listen(grown);

export const tauriLocks: Locks = (locked) => events.archiveLocked.listen(locked);

export const tauriClosing: Closing = (closing) => events.staysInTray.listen(closing);

/** The shell's media address: the link and the stretch in it, the bytes or a failure as JSON in the answer. */
export const tauriMedia: ReadMedia = async (link, from, to) => {
  const answer = await fetch(`${convertFileSrc(link, "media")}?from=${from}&to=${to}`);
  if (!answer.ok) throw (await answer.json()) as Failure;
  return { bytes: await answer.arrayBuffer(), total: Number(answer.headers.get("x-total")), type: answer.headers.get("content-type") ?? "" };
};

export const tauriDrags: Drags = (dragged) =>
  getCurrentWebview().onDragDropEvent(({ payload }) => {
    if (payload.type === "drop") dragged({ at: "dropped", paths: payload.paths });
    else dragged({ at: payload.type === "leave" ? "left" : "over" });
  });

export const tauriRecording: Recording = async ({ changed, alert }) => {
  const ends = await Promise.all([events.accountsChanged.listen(changed), events.captureAlert.listen((heard) => alert(heard.payload))]);
  return () => ends.forEach((end) => end());
};
