// The screens of trust over the fake: what changed, evidence, the archive's health, retention and holds, the access log.
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import Root from "../src/App.svelte";
import { fakeIpc, PASSPHRASE, RECOVERY, type FakeOptions } from "../src/ipc/fake";
import { HEAD } from "../src/ipc/fake/trust";
import type { EvidenceOf, Ipc } from "../src/ipc";
import type { Screen } from "../src/state/app.svelte";
import { expectAccessible } from "./axe";

const KIRILL = "4001.user:102";
const press = async (testid: string) => fireEvent.click(await screen.findByTestId(testid));
const put = async (testid: string, value: string) => fireEvent.input(await screen.findByTestId(testid), { target: { value } });
const submit = async (testid: string) => fireEvent.submit((await screen.findByTestId(testid)).closest("form") as HTMLFormElement);
const choose = async (testid: string, value: string) => fireEvent.change(await screen.findByTestId(testid), { target: { value } });

function open(view: Screen, options: FakeOptions = {}, chat?: string, over: Partial<Ipc> = {}): Ipc {
  const fake = fakeIpc(options);
  const own = Object.fromEntries((Object.keys(fake) as (keyof Ipc)[]).map((name) => [name, fake[name]])) as unknown as Ipc;
  const ipc = { ...own, ...over };
  render(Root, { ipc, screen: view, chat });
  return ipc;
}

async function settings(tab: string, options: FakeOptions = {}): Promise<Ipc> {
  const ipc = open("settings", options);
  await fireEvent.click(await screen.findByLabelText(tab));
  return ipc;
}

describe("changes", () => {
  it("mass events of what is new come first, each with its count and its originals", async () => {
    open("changes");
    const rows = await screen.findAllByTestId("change");
    expect(rows[0]).toHaveTextContent("«Дом и сад», закупки");
    expect(rows[0]).toHaveTextContent("Чат удалён целиком, сохранено 412 сообщений");
    expect(rows[0]).toHaveTextContent("Коллеги, мы выбрали другого поставщика");
    expect(rows[1]).toHaveTextContent("Вера, «Оптика 24»");
    expect(rows[1]).toHaveTextContent("Удалено 30 сообщений сразу");
    expect(rows[2]).not.toHaveAttribute("data-sort", "mass");
  });

  it("an edit is a word diff, a deletion its original with an interval", async () => {
    open("changes");
    await choose("changes-chat", KIRILL);
    const edited = (await screen.findAllByTestId("change")).find((row) => row.textContent?.includes("сможем дать скидку")) as HTMLElement;
    await waitFor(() => expect(edited.querySelector("del")).toHaveTextContent("12%"));
    expect(edited.querySelector("ins")).toHaveTextContent("8%");
    const deleted = screen.getAllByTestId("change").find((row) => row.textContent?.includes("фиксируем")) as HTMLElement;
    expect(deleted).toHaveTextContent("ещё было 19 нояб. 12:40, уже нет 18:05");
    expect(deleted).toHaveTextContent("найдено сверкой");
  });

  it("filters by kind, manager and period; nothing found is said and can be reset", async () => {
    open("changes");
    await screen.findAllByTestId("change");
    await fireEvent.click(screen.getByLabelText("Массовые"));
    await waitFor(() => expect(screen.getAllByTestId("change")).toHaveLength(2));
    await choose("changes-manager", "4002");
    await waitFor(() => expect(screen.getAllByTestId("change")).toHaveLength(1));
    await put("changes-from", "21.11.2025");
    await fireEvent.change(screen.getByTestId("changes-from"));
    expect(await screen.findByTestId("changes-nothing")).toBeInTheDocument();
    await fireEvent.click(within(screen.getByTestId("changes-nothing")).getByRole("button"));
    await waitFor(() => expect(screen.getAllByTestId("change").length).toBeGreaterThan(10));
  });

  it("a row opens its message; Esc comes back to the row, ticks and all", async () => {
    open("changes");
    const row = (await screen.findAllByTestId("change"))[2] as HTMLElement;
    await fireEvent.click(within(row).getByTestId("change-tick"));
    await fireEvent.click(within(row).getByTestId("change-open"));
    await waitFor(() => expect(screen.getByTestId("nav-chats")).toHaveAttribute("aria-current"));
    expect(await screen.findByTestId("reader")).toBeInTheDocument();
    await fireEvent.keyDown(document.body, { key: "Escape" });
    await waitFor(() => expect(screen.getByTestId("nav-changes")).toHaveAttribute("aria-current"));
    await waitFor(() => expect(document.activeElement).toHaveAttribute("data-testid", "change-open"));
    expect(screen.getByTestId("changes-chosen")).toHaveTextContent("Отмечено 1 сообщение");
  });

  it("the keyboard walks the rows and ticks them", async () => {
    open("changes");
    const rows = await screen.findAllByTestId("change-open");
    await fireEvent.keyDown(rows[0] as HTMLElement, { key: "j", code: "KeyJ" });
    await fireEvent.keyDown(rows[0] as HTMLElement, { key: "ArrowDown" });
    await fireEvent.keyDown(rows[1] as HTMLElement, { key: " " });
    expect(screen.getByTestId("changes-chosen")).toHaveTextContent("Отмечено 30 сообщений");
  });

  it("evidence of ticked rows: a folder, a reason, the head", async () => {
    const asked: { of: EvidenceOf; folder: string; why: string }[] = [];
    const fake = fakeIpc();
    open("changes", {}, undefined, { writeEvidence: (of, folder, why, lang) => (asked.push({ of, folder, why }), fake.writeEvidence(of, folder, why, lang)) });
    const ticks = await screen.findAllByTestId("change-tick");
    await fireEvent.click(ticks[1] as HTMLElement);
    await fireEvent.click(ticks[2] as HTMLElement);
    await press("changes-evidence");
    await press("evidence-choose");
    await waitFor(() => expect((screen.getByTestId("evidence-folder") as HTMLInputElement).value).toMatch(/^\/home\/anna\/Documents\/Подтверждение-2025-11-21-\d{4}$/));
    await put("evidence-why", "спор о скидке");
    await expectAccessible(document.querySelector("dialog[open]") as Element);
    await submit("evidence-write");
    expect(await screen.findByTestId("evidence-done")).toHaveTextContent("31 сообщение");
    expect(screen.getByTestId("evidence-head")).toHaveTextContent(HEAD);
    expect(screen.getByTestId("evidence-head-copy")).toBeInTheDocument();
    expect(asked[0]).toMatchObject({ why: "спор о скидке", of: { links: [expect.any(String)], events: [{ last: expect.any(String) }] } });
    await expectAccessible(document.querySelector("dialog[open]") as Element);
  });

  it("evidence that cannot be written keeps what was typed", async () => {
    open("chats", {}, KIRILL);
    await screen.findAllByTestId("evidence-one");
    await fireEvent.keyDown(document.body, { key: "e", code: "KeyE" });
    await put("evidence-folder", "/home/anna/taken");
    await submit("evidence-write");
    expect(await screen.findByTestId("error")).toHaveTextContent("уже существует");
    expect(screen.getByTestId("evidence-folder")).toHaveValue("/home/anna/taken");
  });

  it("after a look, only what came since is new", async () => {
    localStorage.setItem("letopis.changes.seen", String(1_763_712_000 - 86_400));
    open("changes");
    expect(await screen.findByText("Новое с прошлого просмотра")).toBeInTheDocument();
    expect(screen.getByText("Ранее")).toBeInTheDocument();
    expect(screen.getAllByTestId("change")[0]).toHaveTextContent("Чат удалён целиком");
    expect(Number(localStorage.getItem("letopis.changes.seen"))).toBeGreaterThan(1_763_712_000 - 86_400);
  });

  it("empty, loading, failed", async () => {
    open("changes", { empty: true });
    expect(await screen.findByTestId("changes-empty")).toBeInTheDocument();
    await expectAccessible();
  });
  it("loading", async () => {
    open("changes", { hanging: ["changes"] });
    await waitFor(() => expect(within(screen.getByTestId("screen-changes")).getByText("Загружается…")).toBeInTheDocument());
  });
  it("failed", async () => {
    open("changes", { failing: { changes: "Диск отключён." } });
    expect(await screen.findByTestId("error")).toHaveTextContent("Диск отключён.");
    expect(screen.getByTestId("retry")).toBeInTheDocument();
  });
});

describe("the archive's health", () => {
  it("a check says its verdict and the head", async () => {
    await settings("Архив");
    await press("verify");
    expect(await screen.findByTestId("verify-result")).toHaveTextContent("всё цело");
    expect(screen.getByTestId("verify-head")).toHaveTextContent(HEAD);
    await expectAccessible();
  });

  it("damage is named, a check can be stopped", async () => {
    await settings("Архив", { damaged: true, delay: 15 });
    await press("verify");
    await press("cancel");
    expect(await screen.findByText(/Остановлено/)).toBeInTheDocument();
    await press("verify");
    expect(await screen.findByTestId("error")).toHaveTextContent("blobs/5c0a");
    expect(screen.queryByTestId("verify-result")).not.toBeInTheDocument();
  });

  const verdict = (head: string, said: string) =>
    it(`a head: ${said}`, async () => {
      await settings("Архив");
      await put("head-known", head);
      await submit("head-compare");
      expect(await screen.findByTestId("head-verdict")).toHaveTextContent(said);
    });
  verdict(`  ${HEAD.replace(" ", "\n ")} `, "Подходит: всё, о чём");
  verdict(`48220 ${"5c".repeat(32)}`, "не хватает 7 версий");
  verdict(`48213 ${"00".repeat(32)}`, "прошлое в архиве другое");
  verdict("привет", "Это не голова");

  it("a backup tells its size and head", async () => {
    await settings("Архив");
    await press("backup-choose");
    await waitFor(() => expect(screen.getByTestId("backup-file")).toHaveValue("/media/anna/Disk/Летопись-2025-11-21.letopis-backup"));
    await submit("backup");
    const done = await screen.findByTestId("backup-done");
    expect(done).toHaveTextContent("700 МБ, 118 файлов");
    expect(done).toHaveTextContent(HEAD);
    await expectAccessible();
  });

  it("compacting says when it is done", async () => {
    await settings("Архив");
    await press("compact");
    expect(await screen.findByText(/Файл архива переписан/)).toBeInTheDocument();
  });

  it("a rolled back archive is said above every screen until it is accepted", async () => {
    open("chats", { rolledBack: true });
    expect(await screen.findByTestId("rolled-back")).toHaveTextContent("Не хватает 77 версий");
    await expectAccessible();
    await press("nav-promises");
    expect(screen.getByTestId("rolled-back")).toBeInTheDocument();
    await press("rolled-accept");
    expect(screen.getByTestId("rolled-head")).toHaveTextContent("48290");
    await press("rolled-yes");
    await waitFor(() => expect(screen.queryByTestId("rolled-back")).not.toBeInTheDocument());
  });
});

describe("salvage", () => {
  it("an archive that is too damaged to open is salvaged, the losses are named, and the new one opens", async () => {
    const damaged = () => Promise.reject({ code: "damaged", text: "Архив повреждён и оставлен как есть." });
    open("chats", { phase: "locked" }, undefined, { unlock: damaged });
    await put("passphrase", PASSPHRASE);
    await submit("unlock");
    await press("salvage-open");
    await put("salvage-passphrase", "не тот пароль");
    await submit("salvage");
    await waitFor(() => expect(screen.getByRole("alert")).toHaveTextContent("Пароль не подходит"));
    await press("salvage-swap");
    await put("salvage-key", RECOVERY);
    await submit("salvage");
    expect(await screen.findByTestId("salvaged")).toHaveTextContent("потеряно версий 12, номера 400–411");
    await expectAccessible();
    await press("salvage-take");
    expect(await screen.findAllByTestId("chat-row")).not.toHaveLength(0);
  });

  it("a wrong passphrase offers nothing of the kind; the self-check's verdict does", async () => {
    open("settings", { damaged: true });
    await press("verify");
    await press("verify-salvage");
    expect(await screen.findByTestId("salvage-passphrase")).toBeInTheDocument();
    await press("salvage-back");
    await put("passphrase", "не тот пароль");
    await submit("unlock");
    await screen.findByText(/Пароль не подходит/);
    expect(screen.queryByTestId("salvage-open")).toBeNull();
  });
});

describe("restore", () => {
  it("from a backup to its chats; a wrong passphrase and a broken file are said", async () => {
    open("chats", { phase: "absent" });
    await press("restore-open");
    await press("restore-choose");
    await waitFor(() => expect((screen.getByTestId("restore-file") as HTMLInputElement).value).toContain("letopis-backup"));
    await expectAccessible();
    await put("restore-passphrase", "не тот пароль");
    await submit("restore");
    expect(await screen.findByTestId("error")).toHaveTextContent("Пароль не подходит");
    await press("restore-swap");
    await put("restore-key", RECOVERY);
    await submit("restore");
    expect((await screen.findAllByTestId("chat-row")).length).toBe(12);
  });

  it("into another folder says where it is and how it is opened", async () => {
    open("chats", { phase: "absent" });
    await press("restore-open");
    await put("restore-file", "/media/anna/broken");
    await put("restore-passphrase", PASSPHRASE);
    await submit("restore");
    expect(await screen.findByTestId("error")).toHaveTextContent("повреждена");
    await put("restore-file", "/media/anna/копия");
    await put("restore-folder", "/home/anna/Другая");
    await put("restore-passphrase", PASSPHRASE);
    await submit("restore");
    expect(await screen.findByTestId("restored")).toHaveTextContent("LETOPIS_ARCHIVE=/home/anna/Другая");
  });
});

describe("retention and holds", () => {
  it("a period is set only after what would go is counted; holds are left alone", async () => {
    const ipc = await settings("Хранение");
    await ipc.placeHold(KIRILL, "спор");
    await fireEvent.click((await screen.findAllByTestId("retention-change"))[0] as HTMLElement);
    await put("retention-days", "0");
    expect(screen.getByTestId("retention-weigh")).toBeDisabled();
    await put("retention-days", "30");
    expect(screen.queryByTestId("retention-set")).not.toBeInTheDocument();
    await submit("retention-days");
    expect(await screen.findByTestId("retention-preview")).toHaveTextContent(/Будет стёрто \d+ сообщени.+ в 4 чатах, 1 чат на удержании/);
    await expectAccessible();
    await submit("retention-days");
    await waitFor(() => expect(screen.getByTestId("retention")).toHaveTextContent("30 дней"));
    await press("retention-apply");
    await press("retention-apply-yes");
    expect(await screen.findByTestId("retention-applied")).toHaveTextContent("Стёрто");
  });

  it("another number asks for another count", async () => {
    await settings("Хранение");
    await fireEvent.click((await screen.findAllByTestId("retention-change"))[0] as HTMLElement);
    await put("retention-days", "30");
    await submit("retention-days");
    await screen.findByTestId("retention-set");
    await put("retention-days", "31");
    expect(screen.queryByTestId("retention-set")).not.toBeInTheDocument();
    expect(screen.getByTestId("retention-weigh")).toBeInTheDocument();
  });

  it("a hold needs a reason, stands in the list and can be lifted", async () => {
    await settings("Хранение");
    await choose("hold-chat", KIRILL);
    expect(screen.getByTestId("hold-place")).toBeDisabled();
    await put("hold-why", "проверка");
    await submit("hold-place");
    expect(await screen.findByTestId("hold")).toHaveTextContent("Кирилл · Промстрой");
    await expectAccessible();
    await press("hold-lift");
    await waitFor(() => expect(screen.getByTestId("hold")).toHaveTextContent("снято"));
  });

  it("a chat is held from its card, and then cannot be forgotten", async () => {
    open("chats", {}, KIRILL);
    await press("card-hold");
    await put("card-hold-why", "спор о скидке");
    await submit("card-hold-why");
    await waitFor(() => expect(screen.getByTestId("chat-keeping")).toHaveTextContent("На удержании: спор о скидке"));
    expect(screen.queryByTestId("card-forget")).not.toBeInTheDocument();
    await press("card-lift");
    expect(await screen.findByTestId("card-forget")).toBeInTheDocument();
  });

  it("an archive that grows meanwhile closes no dialog and takes nothing that was typed", async () => {
    const fake = fakeIpc();
    const own = Object.fromEntries((Object.keys(fake) as (keyof Ipc)[]).map((name) => [name, fake[name]])) as unknown as Ipc;
    let asked = 0;
    // The shell gives new rows each time.
    const chats = async () => (asked++, (await fake.chats()).map((row) => ({ ...row })));
    let grown = (): void => undefined;
    render(Root, { ipc: { ...own, chats }, screen: "chats", chat: KIRILL, growth: async (heard) => ((grown = heard), () => undefined) });
    await press("card-forget");
    await put("forget-why", "просьба клиента");
    const before = asked;
    grown();
    await waitFor(() => expect(asked).toBeGreaterThan(before));
    await screen.findAllByTestId("chat-row");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(screen.getByTestId("forget")).toBeInTheDocument();
    expect(screen.getByTestId("forget-why")).toHaveValue("просьба клиента");
    await put("forget-code", "4F09A1C7");
    await submit("forget-code");
    await screen.findByTestId("forget-done");
    // The list hears of the erasure before the report was read.
    grown();
    await waitFor(() => expect(screen.getAllByTestId("chat-row")).toHaveLength(11));
    expect(screen.getByTestId("forget-done")).toBeInTheDocument();
  });

  it("forgetting is two steps: the count, then the code; the stub stays, and no screen keeps a word of it", async () => {
    open("chats", {}, KIRILL);
    await press("nav-changes");
    expect((await screen.findAllByText(/фиксируем/)).length).toBeGreaterThan(0);
    await press("nav-chats");
    await press("card-forget");
    const dialog = await screen.findByTestId("forget");
    await waitFor(() => expect(dialog).toHaveTextContent("Будет стёрто: 640 сообщений, 652 версии, 7 файлов"));
    expect(dialog).toHaveTextContent("Копии вне архива не достать");
    await expectAccessible(document.querySelector("dialog[open]") as Element);
    await put("forget-code", "00000000");
    expect(screen.getByTestId("forget-yes")).toBeDisabled();
    await put("forget-why", "просьба клиента");
    await put("forget-code", "4F09A1C7");
    await submit("forget-code");
    expect(await screen.findByTestId("forget-done")).toHaveTextContent("640 сообщений");
    await press("dialog-close");
    await waitFor(() => expect(screen.getAllByTestId("chat-row")).toHaveLength(11));
    expect(screen.queryAllByText(/фиксируем/)).toEqual([]);
    await press("nav-settings");
    await fireEvent.click(await screen.findByLabelText("Хранение"));
    expect(await screen.findByTestId("erasure")).toHaveTextContent("просьба клиента");
  });

  it("says when the lists do not load", async () => {
    await settings("Хранение", { failing: { retention: "Диск отключён.", holds: "Диск отключён.", erasures: "Диск отключён." } });
    await waitFor(() => expect(screen.getAllByTestId("error")).toHaveLength(3));
  });
});

describe("the access log", () => {
  it("says who, when, what; by action; opens the chat", async () => {
    await settings("Журнал доступа");
    const rows = await screen.findAllByTestId("access-row");
    expect(rows[0]).toHaveTextContent("anna");
    expect(screen.getByText(/стереть его нельзя/)).toBeInTheDocument();
    await expectAccessible();
    await choose("access-action", "searched");
    await waitFor(() => expect(screen.getAllByTestId("access-row").every((row) => row.textContent?.includes("Поиск"))).toBe(true));
    await choose("access-action", "opened-chat");
    await fireEvent.click((await screen.findAllByTestId("access-chat"))[0] as HTMLElement);
    await waitFor(() => expect(screen.getByTestId("nav-chats")).toHaveAttribute("aria-current"));
    await fireEvent.keyDown(document.body, { key: "Escape" });
    await waitFor(() => expect(screen.getByTestId("nav-settings")).toHaveAttribute("aria-current"));
  });

  it("empty and failed", async () => {
    await settings("Журнал доступа", { empty: true });
    expect(await screen.findByTestId("access-empty")).toBeInTheDocument();
  });
  it("failed", async () => {
    await settings("Журнал доступа", { failing: { accessLog: "Диск отключён." } });
    expect(await screen.findByTestId("error")).toHaveTextContent("Диск отключён.");
  });
});
