import "./locale";
import "./styles/font.css";
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import Root from "./App.svelte";
import type { Closing, Drags, Growth, Ipc, Locks, ReadMedia, Recording } from "./ipc";
import type { Screen } from "./state/app.svelte";

interface Door {
  ipc: Ipc;
  media: ReadMedia;
  growth?: Growth;
  locks?: Locks;
  closing?: Closing;
  recording?: Recording;
  drags?: Drags;
  screen?: Screen;
  chat?: string;
}

async function door(): Promise<Door> {
  const asked = new URLSearchParams(location.search);
  // A browser has no shell: in development the fake stands in for it. The build drops this branch.
  if (import.meta.env.DEV && asked.has("fake")) return (await import("./ipc/fake/dev")).fakeDoor(asked);
  const { tauriIpc, tauriMedia, tauriGrowth, tauriLocks, tauriClosing, tauriRecording, tauriDrags } = await import("./ipc/tauri");
  return { ipc: tauriIpc, media: tauriMedia, growth: tauriGrowth, locks: tauriLocks, closing: tauriClosing, recording: tauriRecording, drags: tauriDrags };
}

const target = document.getElementById("app");
if (target) {
  door()
    .then((props) => mount(Root, { target, props }))
    // Nothing could be drawn: the plain words of the error are better than a blank window.
    .catch((thrown: unknown) => (target.textContent = `Letopis: ${String(thrown)}`));
}
