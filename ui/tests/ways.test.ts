// Ways through the window: what opens once, where Esc leads, what the keyboard reaches.
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { expect, it, vi } from "vitest";
import Root from "../src/App.svelte";
import Bars from "../src/charts/Bars.svelte";
import { fakeIpc } from "../src/ipc/fake";
import type { Anchor, ChatRow, HandoverDraft, Ipc } from "../src/ipc";
import { expectAccessible } from "./axe";

const KIRILL = "4001.user:102";
const press = async (testid: string) => fireEvent.click(await screen.findByTestId(testid));

function watched(over: Partial<Ipc> = {}): { ipc: Ipc; asked: Anchor[] } {
  const fake = fakeIpc();
  const asked: Anchor[] = [];
  const own: Ipc = { ...(Object.fromEntries((Object.keys(fake) as (keyof Ipc)[]).map((name) => [name, fake[name]])) as unknown as Ipc), ...over };
  return { asked, ipc: { ...own, messages: (chat, anchor, limit) => (asked.push(anchor), own.messages(chat, anchor, limit)) } };
}

it("a chat is asked for once, the start stays the start, and Esc comes back", async () => {
  const { ipc, asked } = watched();
  render(Root, { ipc, screen: "chats", chat: KIRILL });
  const reader = await screen.findByTestId("reader");
  await waitFor(() => expect(within(reader).getAllByTestId("message").length).toBeGreaterThan(5));
  expect(asked).toEqual([{ at: "last" }]);
  await press("reader-first");
  await waitFor(() => expect(document.querySelector(`[data-link="letopis:${KIRILL}/1"]`)).toBeInTheDocument());
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(asked).toEqual([{ at: "last" }, { at: "first" }]);
  await fireEvent.keyDown(document.body, { key: "Escape" });
  await waitFor(() => expect(asked.at(-1)).toMatchObject({ at: "around" }));
  expect(asked).toHaveLength(3);
});

it("the same date goes to its place again, and another chat has no date", async () => {
  const { ipc, asked } = watched();
  render(Root, { ipc, screen: "chats", chat: KIRILL });
  const field = await screen.findByTestId("reader-date");
  await fireEvent.input(field, { target: { value: "01.11.2025" } });
  await fireEvent.keyDown(field, { key: "Enter" });
  await fireEvent.keyDown(field, { key: "Enter" });
  expect(asked.filter((anchor) => anchor.at === "date")).toHaveLength(2);
  await fireEvent.click((await screen.findAllByTestId("chat-row")).at(-1) as HTMLElement);
  await waitFor(() => expect(screen.getByTestId("reader-date")).toHaveValue(""));
});

it("a shared chat is handed over by the manager who can be named; with nobody known there is no button", async () => {
  const rows = await fakeIpc().chats();
  const shared = (managers: string[]): ChatRow[] => rows.map((row) => (row.id === KIRILL ? { ...row, manager: { id: "", name: "" }, managers } : row));
  const { unmount } = render(Root, { ipc: watched({ chats: async () => shared(["4002", "4001"]) }).ipc, screen: "chats", chat: KIRILL });
  await press("reader-handover");
  expect(await screen.findByTestId("handover-manager")).toHaveValue("4002");
  expect(screen.getByTestId("picker-count")).toHaveTextContent("отмечено 1 из");
  unmount();
  render(Root, { ipc: watched({ chats: async () => shared([]) }).ipc, screen: "chats", chat: KIRILL });
  expect(await screen.findByTestId("reader-summary")).toBeInTheDocument();
  expect(screen.queryByTestId("reader-handover")).not.toBeInTheDocument();
});

it("says what to do when no manager is known", async () => {
  const rows = (await fakeIpc().chats()).map((row) => ({ ...row, manager: { id: "", name: "" }, managers: [] }));
  render(Root, { ipc: watched({ chats: async () => rows }).ipc, screen: "handover" });
  expect(await screen.findByTestId("handover-nobody")).toHaveTextContent("«Чья это переписка»");
  await expectAccessible();
});

it("an edited draft is found again, and asked about before another takes its place", async () => {
  render(Root, { ipc: fakeIpc(), screen: "handover", chat: undefined });
  await press("handover-prepare");
  await fireEvent.input(await screen.findByTestId("handover-note"), { target: { value: "Начните с Кирилла" } });
  await press("handover-back");
  await press("handover-resume");
  expect(await screen.findByTestId("handover-note")).toHaveValue("Начните с Кирилла");
  await press("nav-chats");
  await fireEvent.click((await screen.findAllByTestId("chat-row"))[0] as HTMLElement);
  await press("reader-handover");
  await screen.findByTestId("handover-discard");
  await press("handover-keep");
  expect(screen.getByTestId("handover-note")).toHaveValue("Начните с Кирилла");
  await press("nav-chats");
  await press("reader-handover");
  await press("handover-drop");
  expect(await screen.findByTestId("picker-count")).toHaveTextContent("отмечено 1 из");
});

it("a long group of a draft shows twelve lines, then the rest", async () => {
  const fake = fakeIpc();
  const handoverDraft: Ipc["handoverDraft"] = async (request) => {
    const draft: HandoverDraft = await fake.handoverDraft(request);
    const client = draft.clients[0];
    const line = draft.clients.flatMap((one) => one.lines)[0];
    if (client && line) client.lines = Array.from({ length: 15 }, () => ({ ...line, kind: "promise" as const }));
    return { ...draft, clients: draft.clients.slice(0, 1) };
  };
  render(Root, { ipc: watched({ handoverDraft }).ipc, screen: "handover" });
  await press("handover-prepare");
  expect(await screen.findAllByTestId("handover-line")).toHaveLength(12);
  expect(screen.getByTestId("handover-more")).toHaveTextContent("Ещё 3");
  await press("handover-more");
  expect(screen.getAllByTestId("handover-line")).toHaveLength(15);
});

it("another chat's card does not keep the facts of the one before", async () => {
  const fake = fakeIpc();
  render(Root, { ipc: watched({ chatCard: (chat) => (chat === KIRILL ? fake.chatCard(chat) : new Promise(() => undefined)) }).ipc, screen: "chats", chat: KIRILL });
  const card = () => screen.getByTestId("chat-card");
  await waitFor(() => expect(within(card()).getAllByTestId("cite").length).toBeGreaterThan(0));
  await fireEvent.click((await screen.findAllByTestId("chat-row")).at(-1) as HTMLElement);
  await waitFor(() => expect(within(card()).queryAllByTestId("cite")).toEqual([]));
  expect(card()).toHaveTextContent("Загружается…");
});

it("columns that can be picked are buttons for the keyboard", async () => {
  const onpick = vi.fn();
  render(Bars, { columns: [{ key: "2025-11", lower: 3, upper: 0, title: "ноябрь: 3" }], label: "По месяцам", onpick });
  const column = screen.getByRole("button", { name: "ноябрь: 3" });
  expect(column).toHaveAttribute("tabindex", "0");
  await fireEvent.keyDown(column, { key: "Enter" });
  await fireEvent.keyDown(column, { key: " " });
  expect(onpick).toHaveBeenCalledTimes(2);
});

it("a print that the system refuses is said", async () => {
  vi.spyOn(window, "print").mockImplementation(() => Promise.reject(new Error("denied")) as never);
  render(Root, { ipc: fakeIpc({ phase: "absent" }) });
  for (const id of ["passphrase", "passphrase-again"]) await fireEvent.input(await screen.findByTestId(id), { target: { value: "четыре слова и семь" } });
  await fireEvent.submit(screen.getByTestId("welcome-create").closest("form") as HTMLFormElement);
  await screen.findByTestId("recovery-key");
  await fireEvent.click(screen.getByText("Напечатать"));
  await waitFor(() => expect(screen.getByTestId("said")).toHaveTextContent("Не удалось напечатать"));
});
