// Accounts over the fake: the list tells how each stands, an account is added step by step, nothing is recorded before the
// owner has agreed.
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { expect, it } from "vitest";
import Root from "../../App.svelte";
import type { AccountView, ChatCoverage, Scan, ScanChat } from "../../ipc";
import type { FakeOptions } from "../../ipc/fake";
import { fakeIpc } from "../../ipc/fake";
import { expectAccessible } from "../../../tests/axe";
import { backFill, Choosing, holes, listened, Pace, stretches } from "./accounts.svelte";

function open(options: FakeOptions = {}): void {
  render(Root, { ipc: fakeIpc(options), screen: "accounts" });
}

const account = (change: Partial<AccountView>): AccountView => ({ id: "1", name: "", state: "live", isOn: true, heardAt: null, behind: null, waitsUntil: null, trouble: "", consent: null, fillDays: null, proxy: "", chats: [], mediaWaiting: 0, mediaLost: 0, spans: [], scope: [], takeout: { isOn: false, isRunning: false, waitsUntil: null }, ...change });
const coverage = (change: Partial<ChatCoverage>): ChatCoverage => ({ chat: "user:1", title: "", joinedAt: 1000, filledTo: 1000, fillSince: null, fillDone: true, total: null, lostSince: null, lostWhy: null, gaps: [], isGone: false, watchedTo: null, checkedAt: null, sweep: null, ...change });
const chat = (id: string, isPrivate: boolean): ScanChat => ({ chat: id, title: id, isPrivate, isArchived: false, folders: [3] });

const type = async (testid: string, value: string) => fireEvent.input(await screen.findByTestId(testid), { target: { value } });
const press = async (testid: string) => fireEvent.click(await screen.findByTestId(testid));

it("shows the state, the consent and the coverage of each account", async () => {
  open();
  expect(await screen.findByTestId("account")).toHaveTextContent("записывается");
  expect(screen.getByTestId("account")).toHaveTextContent("Согласие: Анна Белова");
  expect(screen.getAllByTestId("coverage")).toHaveLength(2);
  expect(screen.getByText(/дочитывается пропуск/)).toBeInTheDocument();
  expect(screen.getByTestId("account")).toHaveTextContent("записывается: Клиенты, кроме: Курилка");
  expect(screen.getByTestId("legend")).toHaveTextContent("записано вживую");
  const told = [...(screen.getAllByTestId("coverage")[1] as HTMLElement).querySelectorAll("title")].map((title) => title.textContent);
  expect(told.filter((words) => words.startsWith("Перерыв")).map((words) => words.split("Причина: ")[1])).toEqual([
    "программа не работала или не было связи", "не было доступа", "Telegram отдал не всё сразу",
  ]);
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
  const filled = coverage({ filledTo: 500, fillSince: 0, fillDone: false });
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

it("a chat is checked in full, and that can be stopped", async () => {
  open();
  const [first, second] = (await screen.findAllByTestId("coverage")) as [HTMLElement, HTMLElement];
  expect(within(second).getByTestId("sweep-runs")).toHaveTextContent(/сверяется: 2.400 из 8.200, найдено 3 изменения/);
  within(first).getByTestId("sweep").focus();
  await fireEvent.click(within(first).getByTestId("sweep"));
  expect(await within(first).findByTestId("sweep-runs")).toHaveTextContent("сверка ждёт своей очереди");
  expect(within(first).getByTestId("sweep-cancel")).toHaveFocus();
  await expectAccessible();
  await fireEvent.click(within(first).getByTestId("sweep-cancel"));
  expect(await within(first).findByTestId("sweep")).toBeInTheDocument();
  expect(within(first).queryByTestId("sweep-runs")).toBeNull();
  await press("account-switch");
  await waitFor(() => expect(within(second).getByTestId("sweep-runs")).toHaveTextContent("сверка продолжится вместе с записью"));
  expect(within(first).queryByTestId("sweep")).toBeNull();
});

it("the export is switched on after a warning that it is seen, and says how long it waits", async () => {
  open();
  await press("takeout");
  expect(await screen.findByTestId("takeout-warning")).toHaveTextContent(/сообщит на все устройства владельца/);
  expect(screen.getByTestId("takeout-warning")).toHaveTextContent(/целые сутки/);
  await expectAccessible();
  await waitFor(() => expect(screen.getByTestId("takeout-cancel")).toHaveFocus());
  await press("takeout-cancel");
  await waitFor(() => expect(screen.getByTestId("takeout")).toHaveFocus());
  expect(screen.queryByTestId("takeout-state")).toBeNull();
  await press("takeout");
  await press("takeout-sure");
  expect(await screen.findByTestId("takeout-state")).toHaveTextContent("Telegram разрешит экспорт не раньше: завтра");
  await press("takeout-off");
  expect(await screen.findByTestId("takeout")).toBeInTheDocument();
});

it("every moment of a chat is live, read back, a gap or not recorded", () => {
  const day = (n: number) => n * 86_400;
  const told = (chat: ChatCoverage, change: Partial<AccountView>) =>
    stretches(chat, listened(account({ ...change }), day(100)), day(100)).map((one) => [one.kind, one.from / 86_400, one.to / 86_400, one.why]);
  const spans = [{ from: day(10), to: day(20) }, { from: day(20) + 30, to: day(30) }, { from: day(32), to: day(99) }];
  const joined = { joinedAt: day(10), fillSince: day(2), filledTo: day(5) };
  // Nobody listens any more; a break of half a minute is none.
  expect(told(coverage(joined), { state: "off", spans })).toEqual([
    ["none", 2, 5, null], ["none", 99, 100, null], ["read", 5, 10, null], ["live", 10, 30, null], ["live", 32, 99, null], ["gap", 30, 32, "offline"],
  ]);
  // Live now; what was lost is a gap until it is read again.
  expect(told(coverage({ ...joined, filledTo: day(2), lostSince: day(98), lostWhy: "too-long", gaps: [{ from: day(40), to: day(41), why: null }] }), { spans })).toEqual([
    ["read", 2, 10, null], ["live", 10, 30, null], ["live", 32, 100, null], ["gap", 30, 32, "offline"], ["gap", 40, 41, null], ["gap", 98, 100, "too-long"],
  ]);
  // A chat that is gone was watched as long as it was there.
  expect(told(coverage({ ...joined, joinedAt: day(10), filledTo: day(2), isGone: true, watchedTo: day(25) }), { spans })).toEqual([
    ["none", 25, 100, null], ["read", 2, 10, null], ["live", 10, 25, null],
  ]);
});

it("a clock that is ahead and an ended session are said in words, an unknown trouble by its name", async () => {
  const troubled = async (change: Partial<AccountView>) => {
    const ipc = fakeIpc();
    const [first] = await ipc.accounts();
    const shown = render(Root, { ipc: { ...ipc, accounts: async () => [{ ...(first as AccountView), ...change }] }, screen: "accounts" });
    const text = (await screen.findByTestId("account")).textContent;
    shown.unmount();
    return text;
  };
  const ahead = await troubled({ state: "offline", trouble: "CLOCK_AHEAD" });
  expect(ahead).toContain("Часы этого компьютера спешат");
  expect(ahead).not.toContain("CLOCK_AHEAD");
  expect(await troubled({ state: "signedOut", trouble: "SESSION_REVOKED" })).toContain("Сеанс завершили на другом устройстве");
  expect(await troubled({ state: "failed", trouble: "WHO_KNOWS" })).toContain("WHO_KNOWS");
});
