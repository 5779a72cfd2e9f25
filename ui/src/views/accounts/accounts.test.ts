// Accounts over the fake: the list tells how each stands, an account is added step by step, nothing is recorded before the
// owner has agreed.
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { expect, it } from "vitest";
import Root from "../../App.svelte";
import type { FakeOptions } from "../../ipc/fake";
import { fakeIpc } from "../../ipc/fake";
import { expectAccessible } from "../../../tests/axe";

function open(options: FakeOptions = {}): void {
  render(Root, { ipc: fakeIpc(options), screen: "accounts" });
}

const type = async (testid: string, value: string) => fireEvent.input(await screen.findByTestId(testid), { target: { value } });
const press = async (testid: string) => fireEvent.click(await screen.findByTestId(testid));

it("shows the state, the consent and the coverage of each account", async () => {
  open();
  expect(await screen.findByTestId("account")).toHaveTextContent("записывается");
  expect(screen.getByTestId("account")).toHaveTextContent("Согласие: Анна Белова");
  expect(screen.getAllByTestId("coverage")).toHaveLength(2);
  expect(screen.getByText(/дочитывается пропуск/)).toBeInTheDocument();
  await expectAccessible();
});

it("an empty list and a failed one have words", async () => {
  open({ empty: true });
  expect(await screen.findByText("Аккаунтов пока нет")).toBeInTheDocument();
});

it("a failed list can be asked for again", async () => {
  open({ failing: { accounts: "Архив занят. Он цел." } });
  expect(await screen.findByText("Архив занят. Он цел.")).toBeInTheDocument();
});

it("an account is added by phone, code and password, then its chats and the consent", async () => {
  open();
  await press("account-add");
  expect(await screen.findByTestId("send-code")).toBeDisabled();
  await type("api-id", "12345");
  await type("api-hash", "0123456789abcdef0123456789abcdef");
  await type("phone", "+79990000002");
  await press("send-code");
  await type("code", "11111");
  await press("code-ok");
  expect(await screen.findByText(/Код не подходит/)).toBeInTheDocument();
  await type("code", "12345");
  await press("code-ok");
  expect(await screen.findByText("Подсказка: сказка")).toBeInTheDocument();
  await type("two-step", "тайна");
  await press("password-ok");
  expect(await screen.findByTestId("setup")).toBeInTheDocument();
  const start = screen.getByTestId("setup-save");
  expect(start).toBeDisabled();
  const folders = await screen.findAllByTestId("folder");
  await fireEvent.click(folders[0] as HTMLElement);
  expect(start).toBeDisabled();
  await press("consent-present");
  await waitFor(() => expect(start).toBeEnabled());
  await expectAccessible();
  await press("setup-save");
  await waitFor(() => expect(screen.getAllByTestId("account")).toHaveLength(2));
  expect(screen.getByText("Согласие: Игорь Волков", { exact: false })).toBeInTheDocument();
});

it("withdrawal is asked about once more and stops the recording", async () => {
  open();
  await press("withdraw");
  await press("withdraw-sure");
  expect(await screen.findByText(/Согласие отозвано/)).toBeInTheDocument();
  expect(screen.getByTestId("account")).toHaveTextContent("нет согласия");
});
