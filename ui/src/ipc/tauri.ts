// The real shell: each function is one command, names as the shell registers them.

import { Channel, invoke } from "@tauri-apps/api/core";
import type { Progress } from "./bindings";
import type { Ipc, OnProgress } from "./index";

function channel(onProgress: OnProgress): Channel<Progress> {
  const channel = new Channel<Progress>();
  channel.onmessage = onProgress;
  return channel;
}

export const tauriIpc: Ipc = {
  appState: () => invoke("app_state"),
  setLang: (lang) => invoke("set_lang", { lang }),
  createArchive: (passphrase) => invoke("create_archive", { passphrase }),
  unlock: (passphrase) => invoke("unlock", { passphrase }),
  unlockWithRecovery: (key) => invoke("unlock_with_recovery", { key }),
  lock: () => invoke("lock"),
  importExport: (paths, manager, onProgress) => invoke("import_export", { paths, manager, onProgress: channel(onProgress) }),
  loadDemo: (onProgress) => invoke("load_demo", { onProgress: channel(onProgress) }),
  cancelJob: () => invoke("cancel_job"),
  chooseExport: () => invoke("choose_export"),
  choosePackFile: (suggested) => invoke("choose_pack_file", { suggested }),
  chats: () => invoke("chats"),
  messages: (chat, anchor, limit) => invoke("messages", { chat, anchor, limit }),
  versions: (link) => invoke("versions", { link }),
  chatCard: (chat) => invoke("chat_card", { chat }),
  search: (query, filter, sort, offset, limit) => invoke("search", { query, filter, sort, offset, limit }),
  summary: (request) => invoke("summary", { request }),
  promises: () => invoke("promises"),
  handoverDraft: (request) => invoke("handover_draft", { request }),
  handoverWrite: (draft, passphrase, file, lang, onProgress) =>
    invoke("handover_write", { draft, passphrase, file, lang, onProgress: channel(onProgress) }),
  verify: () => invoke("verify"),
};
