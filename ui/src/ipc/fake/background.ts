// Running without the window, in memory: a desktop with a tray icon and notices, or a bare one.

import type { Background } from "../bindings";
import type { Ipc } from "../index";

export function fakeBackground(bare: boolean): Pick<Ipc, "background" | "setBackground" | "hideWindow" | "quit"> {
  let kept: Background = { tray: !bare, closeToTray: false, autostart: bare ? null : false, notices: true, noticesShown: !bare };
  return {
    background: async () => kept,
    setBackground: async (wish) => (kept = { ...kept, ...wish }),
    hideWindow: async () => null,
    quit: async () => null,
  };
}
