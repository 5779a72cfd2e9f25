// Running without the window, over the fake: what is set, what a bare desktop cannot do, the lock behind which recording
// goes on, the alert that stays, and what closing the window means.
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { expect, it } from "vitest";
import Root from "../../App.svelte";
import type { CaptureAlert, Growth, Recording } from "../../ipc";
import { fakeIpc, PASSPHRASE, type FakeOptions } from "../../ipc/fake";
import { expectAccessible } from "../../../tests/axe";

async function settings(tab: string, options: FakeOptions = {}): Promise<void> {
  render(Root, { ipc: fakeIpc(options), screen: "settings" });
  const tabs = await screen.findByTestId("settings-tabs");
  await fireEvent.click(tabs.querySelector(`input[value=${tab}]`) as HTMLElement);
}

it("nothing goes on without the window unless it is wanted", async () => {
  await settings("background");
  expect(await screen.findByTestId("close-to-tray")).not.toBeChecked();
  expect(screen.getByTestId("autostart")).not.toBeChecked();
  expect(screen.getByTestId("notices")).toBeChecked();
  expect(screen.queryByTestId("no-tray")).toBeNull();
  await fireEvent.click(screen.getByTestId("close-to-tray"));
  await fireEvent.click(screen.getByTestId("notices"));
  await waitFor(() => expect(screen.getByTestId("close-to-tray")).toBeChecked());
  await waitFor(() => expect(screen.getByTestId("notices")).not.toBeChecked());
  await expectAccessible();
});

it("a bare desktop is said to be one", async () => {
  await settings("background", { bareDesktop: true });
  expect(await screen.findByTestId("no-tray")).toHaveTextContent("сворачивается");
  expect(screen.getByTestId("no-notices")).toBeInTheDocument();
  expect(screen.getByTestId("autostart")).toBeDisabled();
});

it("recording behind the lock says its price either way", async () => {
  await settings("security");
  const box = await screen.findByTestId("record-locked");
  expect(box).toBeChecked();
  expect(screen.getByText(/ключи остаются в памяти/)).toBeInTheDocument();
  await fireEvent.click(box);
  expect(await screen.findByText(/ключи стёрты/)).toBeInTheDocument();
});

it("a locked archive that is recorded can be closed without a passphrase, and opened with one", async () => {
  render(Root, { ipc: fakeIpc({ phase: "locked", records: true }) });
  expect(await screen.findByTestId("records")).toBeInTheDocument();
  await fireEvent.click(screen.getByTestId("close-archive"));
  await waitFor(() => expect(screen.queryByTestId("records")).toBeNull());
  await fireEvent.input(screen.getByTestId("passphrase"), { target: { value: PASSPHRASE } });
  await fireEvent.click(screen.getByTestId("unlock"));
  expect((await screen.findAllByTestId("chat-row")).length).toBeGreaterThan(1);
});

it("an alert stays until it was heard, once for one event, and goes with the lock", async () => {
  let tell: (alert: CaptureAlert) => void = () => undefined;
  let lock = (): void => undefined;
  const recording: Recording = async (hearing) => ((tell = hearing.alert), () => undefined);
  const locks: Growth = async (locked) => ((lock = locked), () => undefined);
  render(Root, { ipc: fakeIpc(), recording, locks });
  await screen.findAllByTestId("chat-row");
  const dead: CaptureAlert = { kind: "deadFeed", chat: "", count: 0, account: "Анна Белова" };
  tell(dead);
  tell(dead);
  tell({ kind: "massDeletion", chat: "user:102", count: 34, account: "" });
  const alert = await screen.findByTestId("alert");
  await waitFor(() => expect(alert).toHaveTextContent("сразу 34 сообщения или больше"));
  expect(alert.querySelectorAll("p")).toHaveLength(2);
  await fireEvent.click(screen.getByTestId("alert-show"));
  expect(screen.queryByTestId("alert")).toBeNull();
  expect(screen.getByTestId("screen-changes").inert).toBe(false);
  tell(dead);
  await screen.findByTestId("alert");
  lock();
  await waitFor(() => expect(screen.queryByTestId("alert")).toBeNull());
});

it("closing is explained before the window hides", async () => {
  let close = (): void => undefined;
  const closing: Growth = async (asked) => ((close = asked), () => undefined);
  const ipc = fakeIpc();
  const done: string[] = [];
  ipc.hideWindow = async () => (done.push("hidden"), null);
  ipc.quit = async () => (done.push("quit"), null);
  render(Root, { ipc, closing });
  await screen.findAllByTestId("chat-row");
  close();
  await fireEvent.click(await screen.findByTestId("leaving-hide"));
  expect(done).toEqual(["hidden"]);
  expect(screen.queryByTestId("leaving")).toBeNull();
  close();
  await fireEvent.click(await screen.findByTestId("leaving-quit"));
  expect(done).toEqual(["hidden", "quit"]);
});
