// Every screen in each of its states, over the fake archive: data, empty, loading, failed.
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";
import Root from "../src/App.svelte";
import { fakeIpc, type FakeOptions } from "../src/ipc/fake";
import type { Screen } from "../src/state/app.svelte";
import { expectAccessible } from "./axe";

const KIRILL = "4001.user:102";

function open(view: Screen, options: FakeOptions = {}, chat?: string): void {
  render(Root, { ipc: fakeIpc(options), screen: view, chat });
}

const words = (text: string | RegExp) => screen.findByText(text);

describe("data", () => {
  const check = (view: Screen, testid: string) =>
    it(`${view} shows ${testid} and is accessible`, async () => {
      open(view);
      expect((await screen.findAllByTestId(testid)).length).toBeGreaterThan(0);
      await expectAccessible();
    });
  check("chats", "chat-row");
  check("search", "search-start");
  check("changes", "change");
  check("promises", "promise");
  check("summaries", "summary-line");
  check("handover", "picker-chat");
  check("import", "import-path");
  check("settings", "verify");
});

describe("empty", () => {
  const check = (view: Screen, said: string) =>
    it(view, async () => {
      open(view, { empty: true });
      expect(await words(said)).toBeInTheDocument();
      await expectAccessible();
    });
  check("chats", "В архиве пока нет чатов");
  check("promises", "Обещаний не найдено");
  check("summaries", "Не из чего собирать сводку");
  check("handover", "Передавать пока нечего");
});

describe("loading", () => {
  const check = (view: Screen, hanging: FakeOptions["hanging"]) =>
    it(view, async () => {
      open(view, { hanging });
      await waitFor(() => expect(within(screen.getByTestId(`screen-${view}`)).getAllByText("Загружается…").length).toBeGreaterThan(0));
    });
  check("chats", ["chats"]);
  check("promises", ["promises"]);
  check("summaries", ["summary"]);
  check("handover", ["chats"]);
});

describe("failed", () => {
  const check = (view: Screen, command: keyof NonNullable<FakeOptions["failing"]>) =>
    it(view, async () => {
      open(view, { failing: { [command]: "Диск отключён. Архив цел. Подключите диск." } });
      const box = await screen.findByTestId("error");
      expect(box).toHaveTextContent("Диск отключён. Архив цел. Подключите диск.");
      await expectAccessible();
    });
  check("chats", "chats");
  check("promises", "promises");
  check("summaries", "summary");
});

it("a state that cannot be read is said, and can be asked for again", async () => {
  open("chats", { failing: { appState: "Папка архива недоступна." } });
  expect(await words("Папка архива недоступна.")).toBeInTheDocument();
  expect(screen.getByTestId("retry")).toBeInTheDocument();
});

describe("reader", () => {
  it("shows the end of the chat with its deleted original, marks and card", async () => {
    open("chats", {}, KIRILL);
    const reader = await screen.findByTestId("reader");
    await waitFor(() => expect(within(reader).getAllByTestId("message").length).toBeGreaterThan(5));
    const deleted = within(reader).getAllByTestId("message-deleted").at(-1);
    expect(deleted).toHaveTextContent("Удалено между 12:40 и 18:05 · оригинал");
    expect(deleted).toHaveTextContent("Ок, 12% нас устраивает");
    expect(within(reader).getByText("19 ноября, среда")).toBeInTheDocument();
    expect(await screen.findByTestId("chat-card")).toBeInTheDocument();
    await waitFor(() => expect(within(screen.getByTestId("chat-card")).getAllByTestId("cite").length).toBeGreaterThan(0));
    await expectAccessible();
  });

  it("opens every version of an edited message with what changed", async () => {
    open("chats", {}, KIRILL);
    await fireEvent.click((await screen.findAllByTestId("versions-open")).at(-1) as HTMLElement);
    const versions = await screen.findByTestId("versions");
    await waitFor(() => expect(versions.querySelector("del")).toHaveTextContent("12%"));
    expect(versions.querySelector("ins")).toHaveTextContent("8%");
  });

  it("a citation of the card brings its message into the list", async () => {
    open("chats", {}, KIRILL);
    const card = await screen.findByTestId("chat-card");
    const cite = (await within(card).findAllByTestId("cite")).at(-1) as HTMLElement;
    await fireEvent.click(cite);
    await waitFor(() => expect(document.querySelector("article[aria-current]")).toBeInTheDocument());
  });

  it("says when messages do not load", async () => {
    open("chats", { failing: { messages: "Запись повреждена." } }, KIRILL);
    expect(await words("Запись повреждена.")).toBeInTheDocument();
  });
});

describe("search", () => {
  const type = async (query: string) => {
    const field = await screen.findByTestId("search-input");
    await fireEvent.input(field, { target: { value: query } });
    return field;
  };

  it("finds as it is typed, with facets and marks", async () => {
    open("search");
    await type("скидк");
    await waitFor(() => expect(screen.getByTestId("search-total")).toHaveTextContent(/Найден/));
    expect(document.querySelector("mark")).toHaveTextContent(/скидк/i);
    expect(screen.getByTestId("facet-managers")).toHaveTextContent("Анна Белова");
    await expectAccessible();
  });

  it("advises when nothing is found, and waits while it searches", async () => {
    open("search");
    await type("небывальщина");
    expect(await screen.findByTestId("search-none")).toHaveTextContent("Попробуйте одно слово");
  });

  it("shows that it is searching", async () => {
    open("search", { hanging: ["search"] });
    await type("договор");
    expect(await words("Ищется…")).toBeInTheDocument();
  });

  it("says when it fails", async () => {
    open("search", { failing: { search: "Индекс не открылся." } });
    await type("договор");
    expect(await words("Индекс не открылся.")).toBeInTheDocument();
  });

  it("opens a hit in the reader and comes back with Esc", async () => {
    open("search");
    const field = await type("фиксируем");
    await screen.findAllByTestId("hit");
    await fireEvent.keyDown(field, { key: "Enter" });
    await waitFor(() => expect(screen.getByTestId("nav-chats")).toHaveAttribute("aria-current"));
    expect(await screen.findByText("Кирилл · Промстрой", { selector: "h1 bdi" })).toBeInTheDocument();
    expect(await screen.findByTestId("find")).toHaveTextContent("«фиксируем»");
    await fireEvent.keyDown(document.body, { key: "Escape" });
    expect(screen.queryByTestId("find")).toBeNull();
    await fireEvent.keyDown(document.body, { key: "Escape" });
    await waitFor(() => expect(screen.getByTestId("nav-search")).toHaveAttribute("aria-current"));
    expect(field).toHaveValue("фиксируем");
  });
});

it("keys lead to screens and lock the archive", async () => {
  open("chats");
  await screen.findAllByTestId("chat-row");
  await fireEvent.keyDown(document.body, { code: "Digit4", key: "4", ctrlKey: true });
  expect(screen.getByTestId("nav-promises")).toHaveAttribute("aria-current", "page");
  await fireEvent.keyDown(document.body, { code: "KeyL", key: "д", ctrlKey: true });
  expect(await words("Архив заперт")).toBeInTheDocument();
  expect(screen.queryAllByTestId("chat-row")).toEqual([]);
});

it("a late failure of a locked archive leads to the lock", async () => {
  const ipc = fakeIpc();
  render(Root, { ipc: { ...ipc, appState: ipc.appState, verify: () => Promise.reject({ code: "locked", text: "" }) }, screen: "settings" });
  await fireEvent.click(await screen.findByTestId("verify"));
  expect(await words("Архив заперт")).toBeInTheDocument();
});

it("the language and the theme change at once", async () => {
  open("settings");
  await fireEvent.click(await screen.findByLabelText("Вид"));
  await fireEvent.click(await screen.findByLabelText("English"));
  expect(await screen.findByRole("heading", { name: "Settings" })).toBeInTheDocument();
  expect(document.documentElement.lang).toBe("en");
  await fireEvent.click(screen.getByLabelText("Dark"));
  expect(document.documentElement.dataset["theme"]).toBe("dark");
});

it("an error nobody expected leaves words on the window, not a blank", async () => {
  const ipc = fakeIpc();
  render(Root, { ipc: { ...ipc, chats: async () => [null] as never }, screen: "chats" });
  expect(await screen.findByTestId("error")).toHaveTextContent("Архив цел");
});
