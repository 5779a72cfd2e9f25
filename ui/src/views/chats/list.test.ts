// A basic group that several accounts see has one record for each; the card says so and leads to the others.
import { fireEvent, render, screen } from "@testing-library/svelte";
import { expect, it } from "vitest";
import Root from "../../App.svelte";
import type { ChatRow, Ipc } from "../../ipc";
import { fakeIpc } from "../../ipc/fake";
import { expectAccessible } from "../../../tests/axe";
import { otherRecords } from "./list";

const KIRILL = "4001.user:102";

async function withGroup(accounts: string[]): Promise<{ ipc: Ipc; chats: ChatRow[] }> {
  const ipc = fakeIpc();
  const kirill = (await ipc.chats()).find((chat) => chat.id === KIRILL) as ChatRow;
  const chats = accounts.map((id, i): ChatRow => ({ ...kirill, id: `${id}.group:55`, title: "Стройка", kind: "group", manager: { id, name: ["Анна Белова", "Игорь Волков"][i] ?? "" } }));
  return { chats, ipc: { ...ipc, chats: async () => chats, chatCard: () => ipc.chatCard(KIRILL), messages: (_chat, ...rest) => ipc.messages(KIRILL, ...rest) } };
}

it("only basic groups of known accounts have twins", async () => {
  const { chats } = await withGroup(["4001", "4002"]);
  const [anna, igor] = chats as [ChatRow, ChatRow];
  const all = [anna, igor, { ...anna, id: "4001.group:5" }, { ...anna, id: "group:55" }, { ...anna, id: "4003.user:55" }, { ...anna, id: "channel:55" }];
  const check = (id: string, others: string[]) => expect(otherRecords(id, all).map((one) => one.id)).toEqual(others);
  check("4001.group:55", ["4002.group:55"]);
  check("4002.group:55", ["4001.group:55"]);
  check("4001.group:5", []);
  check("group:55", []);
  check("4003.user:55", []);
  check("channel:55", []);
});

it("the card names the other record and opens it", async () => {
  const { ipc } = await withGroup(["4001", "4002"]);
  render(Root, { ipc, screen: "chats", chat: "4001.group:55" });
  expect(await screen.findByTestId("own-numbering")).toHaveTextContent("Эту группу записывают 2 аккаунта, у каждого своя нумерация");
  await expectAccessible(screen.getByTestId("own-numbering"));
  await fireEvent.click(screen.getByText("Запись аккаунта «Игорь Волков»"));
  expect(await screen.findByText("Запись аккаунта «Анна Белова»")).toBeInTheDocument();
});

it("a group of one account says nothing of it", async () => {
  const { ipc } = await withGroup(["4001"]);
  render(Root, { ipc, screen: "chats", chat: "4001.group:55" });
  await screen.findByTestId("chat-keeping");
  expect(screen.queryByTestId("own-numbering")).toBeNull();
});
