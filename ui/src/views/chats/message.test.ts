import { fireEvent, render, screen } from "@testing-library/svelte";
import { beforeEach, describe, expect, it } from "vitest";
import MessageBody from "./MessageBody.svelte";
import { language } from "../../text/index.svelte";
import { serviceWords } from "./service";
import type { MessageView } from "../../ipc";

beforeEach(() => {
  language.current = "ru";
});

describe("message text", () => {
  it("is text and nothing else", () => {
    render(MessageBody, { text: '<img src=x onerror="alert(1)"><script>alert(2)</script>', entities: [{ kind: "text_link", start: 0, len: 10 }] });
    const body = screen.getByTestId("message-text");
    expect(body.querySelectorAll("img, script, a")).toHaveLength(0);
    expect(body).toHaveTextContent("<script>alert(2)</script>");
  });

  it("shows characters that reorder it instead of obeying them", () => {
    render(MessageBody, { text: "счёт \u202Efdp.exe" });
    expect(screen.getByTestId("hidden-char")).toHaveAttribute("title", "U+202E");
    expect(screen.getByTestId("message-text").textContent).not.toContain("\u202E");
  });

  it("folds a hundred thousand characters until asked", async () => {
    render(MessageBody, { text: "Ы".repeat(100_000) });
    expect(screen.getByTestId("message-text").textContent?.length).toBeLessThan(3000);
    await fireEvent.click(screen.getByTestId("show-all"));
    expect(screen.getByTestId("message-text").textContent?.length).toBe(100_000);
  });

  it("hides a spoiler until asked", async () => {
    render(MessageBody, { text: "цена 100", entities: [{ kind: "spoiler", start: 5, len: 3 }] });
    await fireEvent.click(screen.getByRole("button"));
    expect(screen.queryByRole("button")).toBeNull();
    expect(screen.getByTestId("message-text")).toHaveTextContent("цена 100");
  });

  it("marks what was found inside its formatting, without breaking it apart", () => {
    render(MessageBody, { text: "🙂 цена 100 за договор", entities: [{ kind: "blockquote", start: 0, len: 21 }], marks: [{ start: 14, len: 7 }] });
    const block = screen.getByTestId("message-text").querySelectorAll(".blockquote");
    expect(block).toHaveLength(1);
    expect(block[0]?.querySelector("mark")).toHaveTextContent("договор");
  });

  it("shows what was found in a spoiler and behind the fold", () => {
    const { unmount } = render(MessageBody, { text: "цена 100", entities: [{ kind: "spoiler", start: 5, len: 3 }], marks: [{ start: 5, len: 3 }] });
    expect(screen.queryByRole("button")).toBeNull();
    unmount();
    render(MessageBody, { text: `${"ы ".repeat(4000)}договор`, marks: [{ start: 8000, len: 7 }] });
    expect(screen.getByTestId("message-text").querySelector("mark")).toHaveTextContent("договор");
  });
});

describe("service messages", () => {
  const check = (action: string, detail: string, expected: string) =>
    it(action, () => expect(serviceWords({ sender: "Анна Белова", service: { action, detail } } as MessageView)).toBe(expected));
  check("pin_message", "", "Анна Белова закрепляет сообщение");
  check("invite_members", "Кирилл, Игорь", "Анна Белова приглашает: Кирилл, Игорь");
  check("create_group", "Закупки", "Анна Белова создаёт группу Закупки");
  check("invented_tomorrow", "42", "Анна Белова: событие чата (invented_tomorrow): 42");
  check("", "", "Анна Белова: событие чата (без названия)");
});
