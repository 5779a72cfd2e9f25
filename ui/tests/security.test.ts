// Settings → Security and the lock: every change of the keys, and what the unlock screen says.
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it, vi } from "vitest";
import Root from "../src/App.svelte";
import { fakeIpc, PASSPHRASE, RECOVERY, type FakeOptions } from "../src/ipc/fake";
import type { Ipc, Locks } from "../src/ipc";
import { expectAccessible } from "./axe";

const NEW = "мост стоит через реку";
const press = async (testid: string) => fireEvent.click(await screen.findByTestId(testid));
const type = async (testid: string, value: string) => fireEvent.input(await screen.findByTestId(testid), { target: { value } });

const toSecurity = async () => fireEvent.click(await screen.findByRole("radio", { name: "Безопасность" }));

function settings(options: FakeOptions = {}): Ipc {
  const ipc = fakeIpc(options);
  render(Root, { ipc, screen: "settings" });
  void toSecurity();
  return ipc;
}

async function prove(secret: string): Promise<void> {
  await type("secret", secret);
  await press("secret-ok");
}

describe("the ways into the archive", () => {
  it("a new passphrase needs the old one, and replaces it", async () => {
    const ipc = settings();
    await press("passphrase-change");
    expect(await screen.findByTestId("keys-dialog")).toBeInTheDocument();
    await expectAccessible();
    await type("passphrase", NEW);
    await type("passphrase-again", NEW);
    await prove("не тот пароль");
    expect(await screen.findByRole("alert")).toHaveTextContent("Пароль не подходит");
    await prove(PASSPHRASE);
    await waitFor(() => expect(screen.queryByTestId("keys-dialog")).not.toBeInTheDocument());
    await expect(ipc.unlock(PASSPHRASE)).rejects.toMatchObject({ code: "wrongKey" });
    await expect(ipc.unlock(NEW)).resolves.toMatchObject({ phase: "open" });
  });

  it("a forgotten passphrase is replaced by the recovery key", async () => {
    const ipc = settings();
    await press("passphrase-change");
    await press("secret-swap");
    await type("passphrase", NEW);
    await type("passphrase-again", NEW);
    await prove(RECOVERY);
    await waitFor(() => expect(screen.queryByTestId("keys-dialog")).not.toBeInTheDocument());
    await expect(ipc.unlock(NEW)).resolves.toMatchObject({ phase: "open" });
  });

  it("a new recovery key is shown once and must be kept", async () => {
    settings();
    await press("recovery-make");
    await prove(PASSPHRASE);
    expect(await screen.findByTestId("recovery-key")).toHaveTextContent("NEWK-2XWD");
    expect(screen.getByTestId("recovery-continue")).toBeDisabled();
    await press("recovery-saved");
    await press("recovery-continue");
    await waitFor(() => expect(screen.queryByTestId("recovery-key")).not.toBeInTheDocument());
  });

  it("the keyring is turned on and off", async () => {
    settings();
    await press("keyring-on");
    await prove(PASSPHRASE);
    await press("keyring-off");
    await prove(PASSPHRASE);
    expect(await screen.findByTestId("keyring-on")).toBeInTheDocument();
  });

  it("no keyring is said plainly", async () => {
    settings({ noKeyring: true });
    expect(await screen.findByTestId("keyring-text")).toHaveTextContent("нет хранилища паролей");
    expect(screen.queryByTestId("keyring-on")).not.toBeInTheDocument();
    await expectAccessible();
  });

  it("what cannot be read is said", async () => {
    settings({ failing: { security: "Файл ключей не читается. Архив цел." } });
    expect(await within(await screen.findByTestId("security")).findByTestId("error")).toHaveTextContent("Файл ключей не читается");
  });
});

describe("the master key", () => {
  it("is changed after the new recovery key is kept, with progress, and comes back to the settings", async () => {
    settings({ delay: 20 });
    await press("rekey-start");
    expect(screen.queryByTestId("secret-swap")).not.toBeInTheDocument();
    await prove(PASSPHRASE);
    expect(await screen.findByTestId("recovery-key")).toHaveTextContent("DRFT-2XWD");
    await press("recovery-saved");
    await press("recovery-continue");
    expect(await screen.findByText("Меняется главный ключ")).toBeInTheDocument();
    expect(screen.getByTestId("progress")).toHaveTextContent("Архив переписывается под новый ключ");
    await expectAccessible();
    expect(await screen.findByTestId("rekey-done")).toHaveTextContent("Главный ключ изменён");
  });

  it("may be stopped, and is finished later", async () => {
    settings({ delay: 20 });
    await press("rekey-start");
    await prove(PASSPHRASE);
    await press("recovery-saved");
    await press("recovery-continue");
    await press("cancel");
    expect(await screen.findByText("Смена ключа остановлена. Архив цел.")).toBeInTheDocument();
    await press("rekey-finish");
    await prove(PASSPHRASE);
    expect(await screen.findByTestId("rekey-done")).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByTestId("rekey-unfinished")).not.toBeInTheDocument());
  });
});

describe("locking", () => {
  it("the idle time is kept, and input is told to the shell, not too often", async () => {
    const fake = fakeIpc();
    const touch = vi.fn(async () => null);
    const setIdle = vi.fn(fake.setIdle);
    const own = Object.fromEntries((Object.keys(fake) as (keyof Ipc)[]).map((name) => [name, fake[name]])) as unknown as Ipc;
    render(Root, { ipc: { ...own, touch, setIdle }, screen: "settings" });
    await toSecurity();
    await fireEvent.change(await screen.findByTestId("idle"), { target: { value: "5" } });
    expect(setIdle).toHaveBeenCalledWith(5);
    await fireEvent.keyDown(document.body, { key: "j" });
    await fireEvent.pointerDown(document.body);
    expect(touch).toHaveBeenCalledTimes(1);
  });

  it("an archive that the shell has locked leaves the screen at once", async () => {
    let lock = (): void => undefined;
    const locks: Locks = async (locked) => {
      lock = locked;
      return () => undefined;
    };
    render(Root, { ipc: fakeIpc(), locks, screen: "settings" });
    await toSecurity();
    await screen.findByTestId("security");
    lock();
    expect(await screen.findByTestId("unlock")).toBeInTheDocument();
    expect(screen.queryByTestId("security")).not.toBeInTheDocument();
  });

  it("the keyring opens at the start, but not after a lock", async () => {
    render(Root, { ipc: fakeIpc({ phase: "locked", keyringOn: true }), screen: "settings" });
    await toSecurity();
    await press("settings-lock");
    expect(await screen.findByTestId("unlock-keyring")).toBeInTheDocument();
    await expectAccessible();
    await press("unlock-keyring");
    expect(await screen.findByTestId("nav-chats")).toBeInTheDocument();
  });

  it("wrong passphrases are slowed, with the seconds; the recovery key is not", async () => {
    render(Root, { ipc: fakeIpc({ phase: "locked" }) });
    for (let i = 0; i < 4; i++) {
      await waitFor(() => expect(screen.getByTestId("passphrase")).toBeInTheDocument());
      await type("passphrase", `не тот ${i}`);
      await waitFor(() => expect(screen.getByTestId("unlock")).toBeEnabled(), { timeout: 10_000 });
      await press("unlock");
      await screen.findByRole("alert");
    }
    expect(await screen.findByText(/Следующая попытка через \d секунд/)).toBeInTheDocument();
    expect(screen.getByTestId("unlock")).toBeDisabled();
    await press("unlock-swap");
    await type("recovery-input", RECOVERY);
    expect(screen.getByTestId("unlock")).toBeEnabled();
  });
});
