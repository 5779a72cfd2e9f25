// Reads the development address: ?fake&view=search&lang=en&theme=dark&phase=locked&empty&rolledback&damaged&chat=4001.user:102

import type { Ipc, Lang, Phase, ReadMedia } from "../index";
import type { Screen } from "../../state/app.svelte";
import { fakeIpc } from "./index";
import { fakeMedia } from "./media";

export function fakeDoor(asked: URLSearchParams): { ipc: Ipc; media: ReadMedia; screen?: Screen; chat?: string } {
  const lang = asked.get("lang") as Lang | null;
  const theme = asked.get("theme");
  if (lang) localStorage.setItem("letopis.lang", lang);
  if (theme) localStorage.setItem("letopis.theme", theme);
  const phase = (asked.get("phase") as Phase | null) ?? "open";
  return { media: fakeMedia((link) => (Number(link.split("/")[1]) % 2 ? "voice" : "photo")), ipc: fakeIpc({ phase, empty: asked.has("empty"), rolledBack: asked.has("rolledback"), damaged: asked.has("damaged"), delay: 120 }), screen: (asked.get("view") as Screen | null) ?? undefined, chat: asked.get("chat") ?? undefined };
}
