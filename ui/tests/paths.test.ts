// The long paths: a new archive to its first chat, unlocking, a handover.
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { expect, it } from "vitest";
import Root from "../src/App.svelte";
import { fakeIpc, PASSPHRASE, RECOVERY } from "../src/ipc/fake";
import { expectAccessible } from "./axe";

const put = async (testid: string, value: string) => fireEvent.input(await screen.findByTestId(testid), { target: { value } });
const press = async (testid: string) => fireEvent.click(await screen.findByTestId(testid));

it("from nothing to the demo company", async () => {
  render(Root, { ipc: fakeIpc({ phase: "absent" }) });
  const create = await screen.findByTestId("welcome-create");
  await expectAccessible();
  await put("passphrase", "коротко");
  await put("passphrase-again", "коротко");
  expect(create).toBeDisabled();
  await put("passphrase", "четыре слова и семь");
  expect(screen.getByTestId("strength")).toHaveTextContent("хороший");
  await put("passphrase-again", "четыре слова и восемь");
  expect(await screen.findByText("Пароли не совпадают")).toBeInTheDocument();
  await put("passphrase-again", "четыре слова и семь");
  await fireEvent.submit(create.closest("form") as HTMLFormElement);

  expect(await screen.findByTestId("recovery-key")).toHaveTextContent(RECOVERY);
  await expectAccessible();
  expect(screen.getByTestId("recovery-continue")).toBeDisabled();
  await press("recovery-saved");
  await press("recovery-continue");

  await press("demo");
  expect(await screen.findByTestId("import-report")).toHaveTextContent("12");
  await press("import-read");
  expect((await screen.findAllByTestId("chat-row")).length).toBe(12);
});

it("a wrong passphrase is said plainly; the right one and the recovery key open", async () => {
  render(Root, { ipc: fakeIpc({ phase: "locked" }) });
  await put("passphrase", "не тот пароль");
  const form = screen.getByTestId("unlock").closest("form") as HTMLFormElement;
  await fireEvent.submit(form);
  expect(await screen.findByRole("alert")).toHaveTextContent("Пароль не подходит. Архив цел");
  await expectAccessible();
  await put("passphrase", PASSPHRASE);
  await fireEvent.submit(form);
  expect((await screen.findAllByTestId("chat-row")).length).toBeGreaterThan(0);
  await press("lock");
  await press("unlock-swap");
  await put("recovery-input", RECOVERY.toLowerCase().replaceAll("-", " "));
  await fireEvent.submit(screen.getByTestId("unlock").closest("form") as HTMLFormElement);
  expect((await screen.findAllByTestId("chat-row")).length).toBeGreaterThan(0);
});

it("a handover is drafted, edited, sealed", async () => {
  const written: unknown[] = [];
  const fake = fakeIpc();
  const ipc = new Proxy(fake, {
    get: (target, name: keyof typeof fake) =>
      name === "handoverWrite" ? (...args: Parameters<typeof fake.handoverWrite>) => (written.push(args[0]), target.handoverWrite(...args)) : target[name],
  });
  render(Root, { ipc, screen: "handover" });
  await press("handover-prepare");
  const clients = await screen.findAllByTestId("handover-client");
  expect(clients).toHaveLength(5);
  await expectAccessible();
  await put("handover-note", "Начните с Кирилла");
  await fireEvent.click(screen.getAllByTestId("handover-include").at(-1) as HTMLElement);
  await fireEvent.click(screen.getByLabelText("Выше: Лаборатория «Вектор»"));
  expect(screen.getAllByTestId("handover-client")[0]).toHaveTextContent("Вектор");
  await press("handover-seal");
  await put("passphrase", "пароль для Игоря");
  await put("passphrase-again", "пароль для Игоря");
  await press("handover-choose");
  await waitFor(() => expect(screen.getByTestId("handover-file")).toHaveValue("/home/anna/Передача-2025-11-21.html"));
  await expectAccessible();
  await fireEvent.submit(screen.getByTestId("handover-write").closest("form") as HTMLFormElement);
  expect(await screen.findByTestId("handover-done")).toHaveTextContent("4");
  expect(written[0]).toMatchObject({ note: "Начните с Кирилла" });
});
