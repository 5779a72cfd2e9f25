import { describe, expect, it } from "vitest";
import { fakeIpc } from "../../ipc/fake";
import type { ChatRow, HandoverDraft } from "../../ipc";
import { Handover } from "./handover.svelte";
import { managersOf } from "./managers";

const chats = await fakeIpc().chats();
const ANNA = "4001";

describe("handover", () => {
  it("the draft is kept while the same is chosen", async () => {
    const handover = new Handover(fakeIpc());
    handover.choose(ANNA, chats);
    await handover.prepare();
    expect([handover.kept, handover.edited]).toEqual([true, false]);
    if (handover.draft) handover.draft.note = "Начните с Кирилла";
    handover.step = "choose";
    expect([handover.kept, handover.edited]).toEqual([true, true]);
    handover.months = "3";
    expect(handover.kept).toBe(false);
    handover.months = "2";
    expect(handover.kept).toBe(true);
  });

  it("asks before an edited draft is thrown away", async () => {
    const handover = new Handover(fakeIpc());
    handover.choose(ANNA, chats);
    await handover.prepare();
    let done = 0;
    handover.guard(() => done++);
    expect([done, handover.asking]).toEqual([1, null]);
    if (handover.draft) handover.draft.note = "Начните с Кирилла";
    handover.guard(() => done++);
    expect(done).toBe(1);
    handover.answer(false);
    expect([done, handover.asking, handover.draft?.note]).toEqual([1, null, "Начните с Кирилла"]);
    handover.guard(() => done++);
    handover.answer(true);
    expect(done).toBe(2);
  });

  it("a draft that comes late is dropped", async () => {
    let release: (draft: HandoverDraft) => void = () => undefined;
    const ipc = fakeIpc();
    const handover = new Handover({ ...ipc, handoverDraft: () => new Promise((resolve) => (release = resolve)) });
    handover.choose(ANNA, chats);
    const preparing = handover.prepare();
    handover.restart();
    release(await ipc.handoverDraft({ manager: ANNA, chats: [], months: 2 }));
    await preparing;
    expect([handover.draft, handover.step, handover.busy]).toEqual([null, "choose", false]);
  });
});

it("managers of shared chats are offered by the names that other chats know", () => {
  const [first, second, third] = chats as [ChatRow, ChatRow, ChatRow];
  const rows: ChatRow[] = [
    { ...first, manager: { id: "", name: "" }, managers: ["a", "b", "c"] },
    { ...second, manager: { id: "b", name: "Борис" }, managers: ["b"] },
    { ...third, manager: { id: "a", name: "Алла" }, managers: ["a"] },
  ];
  expect(managersOf(rows)).toEqual([{ value: "a", label: "Алла" }, { value: "b", label: "Борис" }]);
  expect(managersOf([rows[0] as ChatRow])).toEqual([]);
});
