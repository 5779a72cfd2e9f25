// An import as its user meets it: look first, choose, run, stop, go on, save the report.
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { expect, it } from "vitest";
import Root from "../src/App.svelte";
import { fakeIpc, type FakeOptions } from "../src/ipc/fake";
import type { Drag, ImportRequest } from "../src/ipc";
import { expectAccessible } from "./axe";

const put = async (testid: string, value: string) => fireEvent.input(await screen.findByTestId(testid), { target: { value } });
const press = async (testid: string) => fireEvent.click(await screen.findByTestId(testid));
const submit = async (testid: string) => fireEvent.submit((await screen.findByTestId(testid)).closest("form") as HTMLFormElement);

function open(options: FakeOptions = {}): ImportRequest[] {
  const asked: ImportRequest[] = [];
  render(Root, { ipc: fakeIpc({ heard: (request) => asked.push(request), ...options }), screen: "import" });
  return asked;
}

it("shows what is inside before anything is written, then reports what came in", async () => {
  const asked = open();
  await press("import-folder");
  const card = await screen.findByTestId("import-source");
  expect(card).toHaveTextContent("DataExport_2025-11-20");
  expect(card).toHaveTextContent("180 МБ");
  expect(card).toHaveTextContent("14 файлов Telegram в выгрузку не положил");
  expect(screen.getByTestId("import-owner")).toHaveTextContent("Анна Белова");
  await expectAccessible();
  expect(asked).toEqual([]);
  await submit("import-run");
  const report = await screen.findByTestId("import-report");
  expect(report).toHaveTextContent("318");
  expect(report).toHaveTextContent("без изменений");
  expect(screen.getByTestId("not-in-export")).toHaveTextContent("12 сообщений есть в архиве, но не в этой выгрузке");
  expect(report).toHaveTextContent("Не прочитана 1 запись");
  expect(asked).toEqual([{ sources: [{ path: "/home/anna/DataExport_2025-11-20", chats: null, owner: null, ownerName: null, manager: "Анна Белова" }], timezone: null }]);
  await expectAccessible();
  await press("report-save");
  expect(await screen.findByText("Отчёт сохранён")).toBeInTheDocument();
});

it("takes the chats that were chosen, through a filter too", async () => {
  const asked = open();
  await press("import-choose");
  const all = await screen.findAllByTestId("choice-chat");
  await press("choice-none");
  expect(screen.getByTestId("import-run")).toBeDisabled();
  await put("choice-filter", "промстрой");
  await waitFor(() => expect(screen.getAllByTestId("choice-chat").length).toBeLessThan(all.length));
  await press("choice-all");
  await put("choice-filter", "");
  expect(screen.getByTestId("choice-count")).toHaveTextContent(/отмечено [1-9]/);
  await submit("import-run");
  await screen.findByTestId("import-report");
  expect(asked[0]?.sources[0]?.chats?.length).toBe(1);
});

it("asks whose account it is and in which zone, only when the export does not tell", async () => {
  const guesses = [
    { id: "4002", name: "Игорь Смирнов", messages: 90 },
    { id: "", name: "Кирилл", messages: 60 },
  ];
  const asked = open({ preview: { owner: null, guesses, needsTimezone: true, format: "telegram-html" } });
  await press("import-choose");
  const question = await screen.findByTestId("import-owner-ask");
  expect(screen.getByTestId("import-manager")).toHaveValue("Игорь Смирнов");
  await fireEvent.change(question, { target: { value: "1" } });
  expect(screen.getByTestId("import-manager")).toHaveValue("Кирилл");
  await fireEvent.change(screen.getByTestId("import-zone"), { target: { value: "Asia/Yekaterinburg" } });
  await expectAccessible();
  await submit("import-run");
  await screen.findByTestId("import-report");
  expect(asked[0]).toMatchObject({ timezone: "Asia/Yekaterinburg", sources: [{ owner: null, ownerName: "Кирилл", manager: "Кирилл" }] });
});

it("a name that was typed stays when the owner is changed; nobody may be named", async () => {
  const asked = open({ preview: { owner: null, guesses: [{ id: "4002", name: "Игорь", messages: 9 }] } });
  await press("import-choose");
  await put("import-manager", "Ольга Крамер");
  await fireEvent.change(screen.getByTestId("import-owner-ask"), { target: { value: "" } });
  expect(screen.getByTestId("import-manager")).toHaveValue("Ольга Крамер");
  await submit("import-run");
  await screen.findByTestId("import-report");
  expect(asked[0]?.sources[0]).toMatchObject({ owner: null, ownerName: null, manager: "Ольга Крамер" });
});

it("a source that cannot be read is refused with words, beside those that can", async () => {
  open();
  await put("import-path", "'/home/anna/missing.json'");
  await submit("import-look");
  expect(await screen.findByTestId("error")).toHaveTextContent("Файл не найден. Архив не изменился.");
  expect(screen.queryByTestId("import-run")).toBeNull();
  await press("import-other");
  expect(await screen.findByTestId("import-drop")).toBeInTheDocument();
});

it("can be stopped while it looks and while it reads, and goes on with the same choice", async () => {
  open({ delay: 15 });
  await press("import-choose");
  await press("cancel");
  expect(await screen.findByText("Остановлено. Ничего не записано.")).toBeInTheDocument();
  await press("import-choose");
  await submit("import-run");
  const progress = await screen.findByTestId("progress");
  await waitFor(() => expect(progress).toHaveTextContent(/осталось: \d+ мин/));
  expect(progress).toHaveTextContent(/1.480 сообщений в секунду/);
  await press("cancel");
  expect(await screen.findByText(/Прочитанное до остановки сохранено/)).toBeInTheDocument();
  await submit("import-run");
  expect(await screen.findByTestId("import-report")).toHaveTextContent("без изменений");
});

it("files dropped on any screen are looked into", async () => {
  let drag: (drag: Drag) => void = () => undefined;
  render(Root, { ipc: fakeIpc(), drags: async (dragged) => ((drag = dragged), () => undefined), screen: "chats" });
  await screen.findAllByTestId("chat-row");
  drag({ at: "over" });
  expect(await screen.findByText(/Отпустите/)).toBeInTheDocument();
  drag({ at: "dropped", paths: ["/home/anna/one", "/home/anna/missing.json"] });
  expect(within(await screen.findByTestId("screen-import")).getByTestId("progress")).toBeInTheDocument();
  expect(await screen.findByTestId("import-source")).toHaveTextContent("/home/anna/one");
  expect(screen.getByTestId("error")).toHaveTextContent("Файл не найден");
  expect(screen.queryByText(/Отпустите/)).toBeNull();
});

it("nothing is dropped into a locked archive", async () => {
  let drag: (drag: Drag) => void = () => undefined;
  render(Root, { ipc: fakeIpc({ phase: "locked" }), drags: async (dragged) => ((drag = dragged), () => undefined) });
  await screen.findByTestId("unlock");
  drag({ at: "dropped", paths: ["/home/anna/one"] });
  expect(screen.queryByTestId("progress")).toBeNull();
  expect(screen.getByTestId("unlock")).toBeInTheDocument();
});
