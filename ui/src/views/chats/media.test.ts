// Attached files in the reader: shown, heard, saved, or said why not.
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fakeIpc } from "../../ipc/fake";
import { fakeMedia } from "../../ipc/fake/media";
import type { Ipc, MediaView, MessageView, ReadMedia } from "../../ipc";
import { expectAccessible } from "../../../tests/axe";
import { carriedName } from "./list";
import MediaHarness from "./media/MediaHarness.test.svelte";
import { room } from "./media/room";

beforeEach(() => {
  let count = 0;
  Object.assign(URL, { createObjectURL: () => `blob:${++count}`, revokeObjectURL: () => undefined });
  Object.assign(HTMLMediaElement.prototype, { play: vi.fn(async () => undefined), pause: vi.fn() });
});

function show(kind: string, media: Partial<MediaView>, more: { ipc?: Partial<Ipc>; read?: ReadMedia } = {}): void {
  const message = {
    link: "letopis:4001.user:555/7", id: "7", kind, sender: "Кирилл", text: "", sentAt: 1_763_700_000, service: null,
    media: { fileName: null, size: 2_000, duration: null, width: null, height: null, emoji: null, state: "kept", ...media },
  } as unknown as MessageView;
  render(MediaHarness, { ipc: { ...fakeIpc(), ...more.ipc }, read: more.read ?? fakeMedia(() => kind), message });
}

describe("a photo", () => {
  it("takes its room at once, shows, and opens large", async () => {
    show("photo", { width: 1280, height: 960 });
    const button = screen.getByTestId("photo-open");
    expect(button).toHaveStyle({ width: "320px", height: "240px" });
    await waitFor(() => expect(button.querySelector("img")).toHaveAttribute("src", expect.stringMatching(/^blob:/)));
    await expectAccessible();
    await fireEvent.click(button);
    expect(await screen.findByTestId("photo-whole")).toHaveAccessibleName(/Фото, Кирилл/);
  });

  it("that is no picture says so and can be saved", async () => {
    show("photo", {});
    const image = await waitFor(() => screen.getByTestId("photo-open").querySelector("img") ?? Promise.reject(new Error("not yet")));
    await fireEvent.error(image);
    expect(await screen.findByText(/не картинка/)).toBeInTheDocument();
    expect(screen.getByTestId("media-save")).toBeInTheDocument();
  });

  it("that cannot be read says what the shell said", async () => {
    show("photo", {}, { read: () => Promise.reject({ code: "other", text: "Файл в архиве повреждён." }) });
    expect(await screen.findByRole("alert")).toHaveTextContent("Файл в архиве повреждён.");
  });
});

describe("a voice message", () => {
  it("plays when asked, not before, and can be sought in", async () => {
    const read = vi.fn(fakeMedia(() => "voice"));
    show("voice", { duration: 42 }, { read });
    expect(screen.getByTestId("player")).toHaveTextContent("0:42");
    expect(read).not.toHaveBeenCalled();
    await fireEvent.click(screen.getByTestId("media-play"));
    await waitFor(() => expect(HTMLMediaElement.prototype.play).toHaveBeenCalled());
    const seek = screen.getByRole("slider");
    expect(seek).toBeEnabled();
    await fireEvent.input(seek, { target: { value: "20" } });
    expect(seek).toHaveAttribute("aria-valuetext", "0:20 из 0:42");
    await expectAccessible();
  });

  it("on a system without a player says what to install, and is still saved", async () => {
    show("voice", { duration: 5 });
    await fireEvent.click(screen.getByTestId("media-play"));
    const audio = await waitFor(() => document.querySelector("audio") ?? Promise.reject(new Error("not yet")));
    await fireEvent.error(audio);
    expect(await screen.findByTestId("media-trouble")).toHaveTextContent(/Файл цел, его можно сохранить/);
  });
});

it("a video is watched in its place", async () => {
  show("video_note", { duration: 9 });
  await fireEvent.click(screen.getByTestId("media-play"));
  await waitFor(() => expect(document.querySelector("video")).toHaveAttribute("src", expect.stringMatching(/^blob:/)));
});

describe("a file", () => {
  it("is saved only where the user says, under its own name without separators", async () => {
    const chooseSaveFile = vi.fn(async (name: string) => `/home/anna/${name}`);
    const saveMedia = vi.fn(async () => null);
    show("file", { fileName: "../Счёт: 47.pdf", size: 148_480 }, { ipc: { chooseSaveFile, saveMedia } });
    await fireEvent.click(screen.getByTestId("media-save"));
    await waitFor(() => expect(saveMedia).toHaveBeenCalledWith("letopis:4001.user:555/7", "/home/anna/.._Счёт_ 47.pdf"));
  });

  it("that was not saved says why", async () => {
    show("file", { fileName: "Счёт.pdf" }, { ipc: { saveMedia: () => Promise.reject({ code: "other", text: "На диске нет места." }) } });
    await fireEvent.click(screen.getByTestId("media-save"));
    expect(await screen.findByRole("alert")).toHaveTextContent("На диске нет места.");
  });
});

describe("a file that is not here says why", () => {
  const check = (kind: string, media: Partial<MediaView>, words: string) =>
    it(words, () => {
      show(kind, media);
      expect(screen.getByTestId("media-line")).toHaveTextContent(words);
    });
  check("photo", { state: "leftOut" }, "самого файла в архиве нет");
  check("voice", { state: "notFound", duration: 8 }, "файла не было рядом с выгрузкой");
  check("video", { size: 900_000_000 }, "велик, чтобы показать здесь");
});

describe("the room of a picture", () => {
  const check = (pixels: [number | null, number | null], box: [number, number]) => it(pixels.join("×"), () => expect(Object.values(room(...pixels))).toEqual(box));
  check([null, null], [320, 240]);
  check([1280, 960], [320, 240]);
  check([100, 80], [100, 80]);
  check([960, 1280], [180, 240]);
  check([10_000, 10], [320, 48]);
});

describe("the name of what a message carries", () => {
  const file = (kind: string, fileName: string | null) => ({ kind, media: { fileName } }) as MessageView;
  const marks = [{ start: 5, len: 3 }];
  it("is marked where it was found", () => {
    const parts = carriedName(file("file", "Счёт_147.pdf"), marks).map((part) => [part.text, part.marked]);
    expect(parts).toEqual([["Счёт_", false], ["147", true], [".pdf", false]]);
  });
  it("is not marked when it is drawn otherwise than it is written; a recording has none", () => {
    expect(carriedName(file("file", "Счёт\n147.pdf"), marks).some((part) => part.marked)).toBe(false);
    expect(carriedName(file("voice", "audio_1.ogg"), [])).toEqual([]);
    expect(carriedName(file("photo", null), [])).toEqual([]);
  });
});
