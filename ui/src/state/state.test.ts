import { describe, expect, it } from "vitest";
import { fakeIpc } from "../ipc/fake";
import type { AppState } from "../ipc";
import { App, type Spot } from "./app.svelte";
import { Job } from "./job.svelte";

describe("a job that was reset away", () => {
  it("sets nothing when it ends, and another can run at once", async () => {
    const job = new Job<number>();
    let end: (value: number) => void = () => undefined;
    const old = job.run((onProgress) => new Promise((resolve) => (end = (value) => (onProgress({ stage: "reading", done: 1, total: 2, messages: 1, chats: 1, rate: 0, left: null }), resolve(value)))));
    job.reset();
    expect(job.running).toBe(false);
    const fresh = job.run(async () => 2);
    end(1);
    expect(await old).toBeNull();
    expect(await fresh).toBe(2);
    expect([job.result, job.progress, job.running]).toEqual([2, null, false]);
  });
});

describe("the lock", () => {
  it("closes the help and drops a state asked for before", async () => {
    const ipc = fakeIpc();
    let answer: (state: AppState) => void = () => undefined;
    let slow = false;
    const app = new App({ ...ipc, appState: () => (slow ? new Promise((resolve) => (answer = resolve)) : ipc.appState()) });
    await app.start();
    app.shortcuts = true;
    slow = true;
    const open = await ipc.appState();
    const refreshing = app.refresh();
    app.relock();
    answer(open);
    await refreshing;
    expect([app.phase, app.state?.archive, app.shortcuts]).toEqual(["locked", null, false]);
    app.stop();
  });
});

describe("Esc", () => {
  const at = (chat: string, link: string): Spot => ({ chat, link, cursor: link });

  it("walks back through jumps to the search", () => {
    const app = new App(fakeIpc());
    app.screen = "search";
    app.open("c", "m/1");
    app.reading = () => at("c", "m/1");
    app.leave();
    app.reading = () => at("c", "m/90");
    expect(app.goBack()).toBe(true);
    expect(app.target).toMatchObject({ chat: "c", link: "m/1", left: { cursor: "m/1" } });
    app.reading = () => at("c", "m/1");
    expect(app.goBack()).toBe(true);
    expect(app.screen).toBe("search");
    expect(app.goBack()).toBe(false);
  });

  it("comes back from what was asked to the reader as it was left", () => {
    const app = new App(fakeIpc());
    app.open("c", "m/1");
    const target = app.target;
    app.reading = () => at("c", "m/7");
    app.ask({ screen: "summaries", manager: "", chat: "c" });
    expect(app.back).toBe(true);
    app.goBack();
    expect([app.screen, app.target]).toEqual(["chats", target]);
    app.ask({ screen: "summaries", manager: "", chat: "c" });
    app.open("d", "m/2");
    app.reading = () => at("d", "m/2");
    app.goBack();
    expect(app.screen).toBe("summaries");
    app.goBack();
    expect(app.target).toMatchObject({ chat: "c", link: "m/7" });
  });

  it("a jump that moved nothing is no step; the rail forgets the way", () => {
    const app = new App(fakeIpc());
    app.screen = "search";
    app.open("c", "m/1");
    app.reading = () => at("c", "m/1");
    app.leave();
    app.goBack();
    expect(app.screen).toBe("search");
    app.open("c", "m/1");
    app.go("promises");
    expect(app.goBack()).toBe(false);
  });
});
