// The real shell: the generated commands, with their failures thrown as the views expect them.

import { Channel, convertFileSrc } from "@tauri-apps/api/core";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { commands, events, type Failure, type Progress } from "./bindings";
import type { Drags, Growth, Ipc, OnProgress, ReadMedia } from "./index";

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
  summary: (request) => data(commands.summary(request)),
  promises: () => data(commands.promises()),
  handoverDraft: (request) => data(commands.handoverDraft(request)),
  handoverWrite: (draft, passphrase, file, lang, onProgress) =>
    data(commands.handoverWrite(draft, passphrase, file, lang, channel(onProgress))),
  verify: (onProgress) => data(commands.verify(channel(onProgress))),
};

export const tauriGrowth: Growth = (grown) => events.archiveGrew.listen(grown);

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
