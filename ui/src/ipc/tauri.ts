// The real shell: the generated commands, with their failures thrown as the views expect them.

import { Channel } from "@tauri-apps/api/core";
import { commands, events, type Failure, type Progress } from "./bindings";
import type { Growth, Ipc, OnProgress } from "./index";

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
  searchCounts: (query, filter) => data(commands.searchCounts(query, filter)),
  completeSearch: (query, cursor) => data(commands.completeSearch(query, cursor)),
  searchMarks: (query, texts) => data(commands.searchMarks(query, texts)),
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
};

export const tauriGrowth: Growth = (grown) => events.archiveGrew.listen(grown);
