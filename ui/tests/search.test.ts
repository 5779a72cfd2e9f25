// The search screen by keyboard alone: completion, walking the hits, what is explained, what is kept.
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { expect, it } from "vitest";
import Root from "../src/App.svelte";
import { fakeIpc } from "../src/ipc/fake";
import { expectAccessible } from "./axe";

const open = () => render(Root, { ipc: fakeIpc(), screen: "search" });

const type = async (query: string) => {
  const field = await screen.findByTestId<HTMLInputElement>("search-input");
  await fireEvent.input(field, { target: { value: query } });
  return field;
};

it("completes an operator and its value by keyboard, and shows it as a chip that can be taken out", async () => {
  open();
  const field = await type("о");
  await screen.findByTestId("completions");
  await fireEvent.keyDown(field, { key: "ArrowDown" });
  expect(field.getAttribute("aria-activedescendant")).toContain("-more-0");
  await expectAccessible();
  await fireEvent.keyDown(field, { key: "Enter" });
  expect(field).toHaveValue("от:");
  await type("от:Бел");
  await waitFor(() => expect(screen.getByTestId("completions")).toHaveTextContent("Анна Белова"));
  await fireEvent.keyDown(field, { key: "Tab" });
  expect(field).toHaveValue('от:"Анна Белова" ');
  expect(await screen.findByTestId("chip")).toHaveTextContent("Анна Белова");
  await fireEvent.click(screen.getByLabelText(/^Убрать/));
  await waitFor(() => expect(field).toHaveValue(""));
});

it("Esc closes the offers before it clears the field", async () => {
  open();
  const field = await type("от");
  await screen.findByTestId("completions");
  await fireEvent.keyDown(field, { key: "Escape" });
  expect(screen.queryByTestId("completions")).toBeNull();
  expect(field).toHaveValue("от");
});

it("walks the hits with F3 and shows each in its place, marked", async () => {
  open();
  const field = await type("договор");
  await screen.findAllByTestId("hit");
  expect(screen.getByTestId("search-preview")).toHaveTextContent(/^.*1 из/);
  await fireEvent.keyDown(field, { key: "F3" });
  expect(screen.getByTestId("search-preview")).toHaveTextContent(/2 из/);
  await waitFor(() => expect(screen.getByTestId("search-preview").querySelector("[aria-current] mark")).toHaveTextContent(/договор/i));
  await fireEvent.keyDown(field, { key: "F3", shiftKey: true });
  expect(screen.getByTestId("search-preview")).toHaveTextContent(/1 из/);
  await expectAccessible();
});

it("explains a wrong operator beside the field and offers what to leave out", async () => {
  open();
  await type("фром:Анна");
  expect(await screen.findByTestId("search-wrong")).toHaveTextContent("Уточнения «фром:» нет");
  await type("договор небывальщина");
  await fireEvent.click(await screen.findByTestId("search-drop"));
  await screen.findAllByTestId("hit");
  await waitFor(() => expect(screen.queryByTestId("search-wrong")).toBeNull());
});

it("says when it shows other words than were typed", async () => {
  open();
  await type("ljujdjh");
  expect(await screen.findByTestId("search-instead")).toHaveTextContent("Показано по «договор» · другая раскладка");
});

it("keeps a search by name and the last ones as history, and forgets them", async () => {
  open();
  const field = await type("договор");
  await screen.findAllByTestId("hit");
  await fireEvent.click(screen.getByTestId("save-search"));
  await fireEvent.input(screen.getByTestId("save-name"), { target: { value: "Про договоры" } });
  await fireEvent.click(screen.getByTestId("save-do"));
  await fireEvent.keyDown(field, { key: "Enter" });
  await waitFor(() => expect(screen.getByTestId("nav-chats")).toHaveAttribute("aria-current"));
  await fireEvent.keyDown(document.body, { key: "Escape" });
  await fireEvent.keyDown(field, { key: "Escape" });
  expect(await screen.findByTestId("saved-searches")).toHaveTextContent("Про договоры");
  expect(screen.getByTestId("search-history")).toHaveTextContent("договор");
  await fireEvent.click(screen.getByTestId("history-forget"));
  await waitFor(() => expect(screen.queryByTestId("search-history")).toBeNull());
  await fireEvent.click(screen.getByText("Про договоры"));
  await screen.findAllByTestId("hit");
  expect(field).toHaveValue("договор");
});
