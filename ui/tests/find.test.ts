// Found in its chat: the hit with its marks, the bar that counts the others, the keys that walk them, and the way back.
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { expect, it } from "vitest";
import Root from "../src/App.svelte";
import { fakeIpc, type FakeOptions } from "../src/ipc/fake";
import { expectAccessible } from "./axe";

const KIRILL = "4001.user:102";
const key = (init: KeyboardEventInit, at: Element = document.body) => fireEvent.keyDown(at, init);
const place = () => screen.getByTestId("find-place").textContent;
const current = () => screen.getByTestId("reader").querySelector<HTMLElement>("article[aria-current]");

async function search(query: string, options: FakeOptions = {}): Promise<HTMLElement> {
  render(Root, { ipc: fakeIpc(options), screen: "search" });
  const field = await screen.findByTestId("search-input");
  await fireEvent.input(field, { target: { value: query } });
  await screen.findAllByTestId("hit");
  return field;
}

it("a hit opens in its chat with all hits marked; F3 and Ctrl G walk them, Esc closes the marks and then leads back", async () => {
  const field = await search("договор");
  await key({ key: "ArrowDown" }, field);
  await key({ key: "Enter" }, field);
  await waitFor(() => expect(place()).toMatch(/^\d+ из \d+ в этом чате$/));
  await waitFor(() => expect(current()?.querySelector("mark")).toHaveTextContent(/договор/i));
  const [first, opened] = [place(), current()?.dataset["link"]];
  expect(screen.getByTestId("find")).toHaveFocus();
  await expectAccessible();
  await key({ key: "F3" });
  await waitFor(() => expect(place()).not.toBe(first));
  await waitFor(() => expect(current()?.dataset["link"]).not.toBe(opened));
  await key({ code: "KeyG", ctrlKey: true, shiftKey: true });
  await waitFor(() => expect(current()?.dataset["link"]).toBe(opened));
  expect(place()).toBe(first);
  await key({ key: "Escape" });
  await waitFor(() => expect(screen.getByTestId("reader").querySelectorAll("mark")).toHaveLength(0));
  expect(screen.queryByTestId("find")).toBeNull();
  await key({ key: "Escape" });
  await waitFor(() => expect(screen.getByTestId("nav-search")).toHaveAttribute("aria-current"));
  expect(field).toHaveAttribute("aria-activedescendant", expect.stringMatching(/-hit-1$/));
  await waitFor(() => expect(field).toHaveFocus());
});

it("Ctrl F asks for words of this chat; its arrows and Enter walk, Esc stays at what was found", async () => {
  render(Root, { ipc: fakeIpc(), screen: "chats", chat: KIRILL });
  await screen.findAllByTestId("message");
  await key({ code: "KeyF", ctrlKey: true });
  const field = await screen.findByTestId("find-input");
  await waitFor(() => expect(field).toHaveFocus());
  await fireEvent.input(field, { target: { value: "скидк" } });
  await waitFor(() => expect(place()).toMatch(/^\d+ из \d+/));
  const total = Number(/из (\d+)/.exec(place() ?? "")?.[1]);
  expect(total).toBeGreaterThan(1);
  await expectAccessible();
  await key({ key: "Enter" }, field);
  await waitFor(() => expect(place()).toMatch(/^1 из/));
  await key({ key: "ArrowUp" }, field);
  await waitFor(() => expect(place()).toBe(`${total} из ${total} в этом чате`));
  await waitFor(() => expect(current()?.querySelector("mark")).toHaveTextContent(/скидк/i));
  const found = current()?.dataset["link"];
  await key({ key: "Escape" }, field);
  expect(screen.queryByTestId("find")).toBeNull();
  expect(current()?.dataset["link"]).toBe(found);
});

it("says that the chat has nothing, what is wrong with the words, and that the search failed", async () => {
  const { unmount } = render(Root, { ipc: fakeIpc(), screen: "chats", chat: KIRILL });
  await screen.findAllByTestId("message");
  await key({ code: "KeyF", ctrlKey: true });
  const field = await screen.findByTestId("find-input");
  await fireEvent.input(field, { target: { value: "небывальщина" } });
  await waitFor(() => expect(place()).toBe("в этом чате нет"));
  expect(screen.getByTestId("find-next")).toBeDisabled();
  await fireEvent.input(field, { target: { value: "фром:Анна" } });
  expect(await screen.findByTestId("find-failed")).toHaveTextContent("Уточнения «фром:» нет");
  unmount();
  await search("договор", { failing: { searchInChat: "Индекс не открылся." } });
  await fireEvent.click(screen.getAllByTestId("hit")[0] as HTMLElement);
  expect(await screen.findByTestId("find-failed")).toHaveTextContent("Индекс не открылся.");
  await expectAccessible();
});

it("another chat from the list closes the bar; the words of the search can be typed on", async () => {
  const field = await search("договор");
  await key({ key: "Enter" }, field);
  expect(await screen.findByTestId("find")).toHaveTextContent("«договор»");
  await key({ code: "KeyF", ctrlKey: true });
  expect(await screen.findByTestId("find-input")).toHaveValue("договор");
  await fireEvent.click(screen.getAllByTestId("chat-row").at(-1) as HTMLElement);
  await waitFor(() => expect(screen.queryByTestId("find")).toBeNull());
});

it("what was found in a wording is marked in the list of versions", async () => {
  const fake = fakeIpc();
  const page = await fake.messages(KIRILL, { at: "last" }, 100);
  const edited = page.messages.findLast((message) => message.versions > 1);
  const word = /[А-Яа-я]{6,}/.exec(edited?.text ?? "")?.[0] ?? "";
  render(Root, { ipc: fakeIpc(), screen: "chats", chat: KIRILL });
  await screen.findAllByTestId("message");
  const row = document.querySelector<HTMLElement>(`article[data-link="${edited?.link ?? ""}"]`) as HTMLElement;
  await fireEvent.click(within(row).getByTestId("versions-open"));
  await key({ code: "KeyF", ctrlKey: true });
  await fireEvent.input(await screen.findByTestId("find-input"), { target: { value: word } });
  await waitFor(() => expect(within(row).getByTestId("versions").querySelector("mark")).toHaveTextContent(new RegExp(word, "i")));
});
