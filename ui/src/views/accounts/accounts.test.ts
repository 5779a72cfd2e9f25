// Accounts over the fake: the list tells how each stands, an account is added step by step, nothing is recorded before the
// owner has agreed.
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { expect, it } from "vitest";
import Root from "../../App.svelte";
import type { AccountView, Scan, ScanChat } from "../../ipc";
import type { FakeOptions } from "../../ipc/fake";
import { fakeIpc } from "../../ipc/fake";
import { expectAccessible } from "../../../tests/axe";
import { backFill, Choosing, holes, Pace } from "./accounts.svelte";

function open(options: FakeOptions = {}): void {
  render(Root, { ipc: fakeIpc(options), screen: "accounts" });
}

const account = (change: Partial<AccountView>): AccountView => ({ id: "1", name: "", state: "live", isOn: true, heardAt: null, behind: null, waitsUntil: null, trouble: "", consent: null, fillDays: null, proxy: "", chats: [], mediaWaiting: 0, mediaLost: 0, takeout: false, spans: [], scope: [], ...change });
const chat = (id: string, isPrivate: boolean): ScanChat => ({ chat: id, title: id, isPrivate, isArchived: false, folders: [3] });

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

it("a chat can be taken out of a chosen folder, and a private one comes in only where that is said", () => {
  const choosing = new Choosing(account({ scope: [] }));
  const scan: Scan = { folders: [{ id: 3, title: "Клиенты" }], chats: [chat("channel:77", false), chat("user:102", true)] };
  const [group, client] = scan.chats as [ScanChat, ScanChat];
  choosing.toggleFolder(3);
  expect([choosing.holds(group), choosing.holds(client)]).toEqual([true, false]);
  choosing.toggle(client);
  choosing.toggle(group);
  expect([choosing.holds(group), choosing.holds(client)]).toEqual([false, true]);
  const rules = choosing.rules(scan).map((rule) => [rule.folder ?? rule.chat, rule.allow]);
  expect(rules).toEqual([[3, true], ["user:102", true], ["channel:77", false]]);
  // What was kept comes back as it was.
  const again = new Choosing(account({ scope: choosing.rules(scan) }));
  expect([again.holds(group), again.holds(client)]).toEqual([false, true]);
  again.toggle(group);
  expect(again.rules(scan).every((rule) => rule.allow)).toBe(true);
});

it("breaks, back-fill and its end are counted from what was heard", () => {
  expect(holes([{ from: 0, to: 100 }, { from: 130, to: 200 }, { from: 500, to: 900 }])).toEqual([{ from: 200, to: 500 }]);
  expect(holes([])).toEqual([]);
  const filled = { chat: "user:1", title: "", joinedAt: 1000, filledTo: 500, fillSince: 0, fillDone: false, total: null, lostSince: null, lostWhy: "", isGone: false, checkedAt: null, sweep: null };
  expect(backFill([filled, { ...filled, fillDone: true }])).toEqual({ chats: 1, share: 0.75 });
  expect(backFill([{ ...filled, fillDone: true }, { ...filled, isGone: true }])).toBeNull();
  const pace = new Pace();
  expect([pace.left(0.5, 1000), pace.left(0.6, 1010), pace.left(0.6, 1100)]).toEqual([null, null, 400]);
});

it("signed out one may sign in again; an expired code is asked for anew", async () => {
  open();
  await press("sign-out");
  await press("sign-out-sure");
  await press("sign-in-again");
  await type("api-id", "12345");
  await type("api-hash", "0123456789abcdef0123456789abcdef");
  await type("phone", "+79990000002");
  await press("send-code");
  expect(await screen.findByTestId("code")).toHaveFocus();
  // The fake's clock is long past: the wait for another code is over.
  expect(screen.getByTestId("resend")).toHaveTextContent("Прислать иначе");
  await press("resend");
  await waitFor(() => expect(screen.getByTestId("resend")).toHaveTextContent("Прислать новый код"));
});

it("a proxy is set and shown without its password; a wrong one is said where it was typed", async () => {
  open();
  await press("account-proxy");
  await type("proxy-new", "http://host");
  await press("proxy-save");
  expect(await screen.findByText(/socks5:\/\/имя/)).toBeInTheDocument();
  await type("proxy-new", "socks5://host:1080");
  await press("proxy-save");
  expect(await screen.findByText(/через прокси host:1080/)).toBeInTheDocument();
});

it("withdrawal is asked about once more and stops the recording", async () => {
  open();
  await press("withdraw");
  await press("withdraw-sure");
  expect(await screen.findByText(/Согласие отозвано/)).toBeInTheDocument();
  expect(screen.getByTestId("account")).toHaveTextContent("нет согласия");
});
