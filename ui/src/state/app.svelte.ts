// The whole window's state: which phase the archive is in, which screen is shown, where Esc leads back to. Views read it
// from the context; nothing decrypted outlives `relock`.

import { getContext, setContext } from "svelte";
import {
  asFailure,
  watchLock,
  type AccountView,
  type AppState,
  type CaptureAlert,
  type ChatRow,
  type EvidenceOf,
  type Drag,
  type Failure,
  type ImportReport,
  type Ipc,
  type OnProgress,
  type Phase,
  type PromiseView,
  type RolledBackView,
  type Rekeyed,
  type ReadMedia,
  type SearchFilter,
  type Seconds,
} from "../ipc";
import { language, t } from "../text/index.svelte";
import { standing } from "../words/promise";
import { Job } from "./job.svelte";
import { Loader } from "./loader.svelte";
import { Looks, type LangChoice } from "./looks.svelte";
import { ImportPlan } from "./plan.svelte";
import { Shelf } from "./shelf.svelte";

export const SCREENS = ["chats", "search", "changes", "promises", "summaries", "handover", "accounts", "import", "settings"] as const;
export type Screen = (typeof SCREENS)[number];

export const SETTINGS_TABS = ["archive", "security", "background", "looks", "keeping", "access"] as const;

/** A place in the reader to open; `serial` makes opening the same place twice two requests. */
export interface Target {
  chat: string;
  link: string | null;
  serial: number;
  /** Set when this is a return: the reader comes back to where it was left. */
  left: { cursor: string | null } | null;
  /** The search that found it: the others of its hits in this chat are at hand. */
  found: { query: string; filter: SearchFilter } | null;
}

/** Where the reader stands: its top row and the keyboard's row. */
export interface Spot {
  chat: string;
  link: string | null;
  cursor: string | null;
}

/** A place that Esc leads back to: a screen as it was left, in the chats at a spot. */
interface Trace {
  screen: Screen;
  spot: Spot | null;
}

/** A chat or a manager that a summary or a handover should begin with. */
export interface Wish {
  screen: "summaries" | "handover";
  manager: string;
  chat: string | null;
}

/** Messages that evidence is wanted of. */
export interface Proving {
  of: EvidenceOf;
  count: number;
}

/** States in which nothing is missing, or which a person chose. */
const STEADY: AccountView["state"][] = ["live", "catchingUp", "connecting", "off"];
const TRAIL = 100;
const REFRESH_MS = 60_000;
const INDEXING_MS = 3_000;
/** The shell needs to hear of input no more often. */
const TOUCH_MS = 20_000;

export class App {
  readonly ipc: Ipc;
  readonly looks = new Looks();
  readonly chats = new Loader<ChatRow[]>();
  readonly promises = new Loader<PromiseView[]>();
  readonly accounts = new Loader<AccountView[]>();
  readonly importing = new Job<ImportReport[]>();
  /** Set when the archive is older than a head that is known. */
  readonly rolledBack = new Loader<RolledBackView | null>();
  /** The change of the master key: the archive is closed while it runs. */
  readonly rekeying = new Job<Rekeyed>();
  readonly plan = new ImportPlan();
  readonly shelf: Shelf;
  phase = $state<"starting" | "failed" | Phase>("starting");
  state = $state.raw<AppState | null>(null);
  failure = $state.raw<Failure | null>(null);
  /** The first minutes of a new archive: the recovery key and the first import come before the screens. */
  setup = $state(false);
  screen = $state<Screen>("chats");
  target = $state.raw<Target | null>(null);
  /** Where Esc leads back to, the latest last. */
  trail = $state.raw<Trace[]>([]);
  /** Says where the reader stands, while there is one. */
  reading: (() => Spot) | null = null;
  /** What Esc closes before it leads back; says whether there was something. */
  dismiss: (() => boolean) | null = null;
  /** What another screen was asked to start with. */
  wish = $state.raw<Wish | null>(null);
  /** Asks the search (or the chat list's filter) to take the focus; counts requests. */
  focusSearch = $state(0);
  focusFilter = $state(0);
  shortcuts = $state(false);
  /** What is whole in a damaged archive is to be salvaged: asked for at the unlock screen. */
  salvaging = $state(false);
  /** Kept here: a change of the master key closes the archive and comes back to where it was begun. */
  settingsTab = $state<(typeof SETTINGS_TABS)[number]>("archive");
  /** The chat that is about to be forgotten. Its dialog stands above the screens: the chat's own card goes with the chat. */
  forgetting = $state<string | null>(null);
  /** What evidence is about to be written of. */
  proving = $state.raw<Proving | null>(null);
  /** Counts erasures: what other screens still hold of the archive before one is dropped. */
  epoch = $state(0);
  /** Counts growths of the archive. */
  growth = $state(0);
  /** It was locked in this window: it does not open by itself again. */
  wasLocked = $state(false);
  /** What must be heard and stays until somebody says that it was; the latest last. */
  alerts = $state.raw<CaptureAlert[]>([]);
  /** Somebody closes the window, and it is explained what that means now. */
  closing = $state(false);
  /** A short word about what was just done. */
  said = $state("");
  now = $state<Seconds>(0);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #touched = -TOUCH_MS;

  constructor(ipc: Ipc, media: ReadMedia = noMedia) {
    this.ipc = watchLock(ipc, () => this.relock());
    this.shelf = new Shelf(media);
    this.looks.apply();
  }

  /** Promises by the message that made them. */
  promisesAt = $derived(byLink(this.promises.data ?? []));
  back = $derived(this.trail.length > 0);
  /** Accounts that should be recorded and are not. */
  dead = $derived((this.accounts.data ?? []).filter((account) => account.isOn && !STEADY.includes(account.state)));
  alive = $derived((this.accounts.data ?? []).filter((account) => account.isOn && (account.state === "live" || account.state === "catchingUp")).length);
  late = $derived((this.promises.data ?? []).filter((promise) => standing(promise) === "late").length);

  async start(): Promise<void> {
    try {
      await this.ipc.setLang(language.current);
      this.entered(await this.ipc.appState());
    } catch (thrown) {
      this.failure = asFailure(thrown);
      this.phase = "failed";
    }
  }

  /** Takes a fresh state of the archive; loads what the rail and the lists show when it is open. */
  entered(state: AppState): void {
    this.state = state;
    this.now = state.now;
    this.phase = state.phase;
    if (state.phase === "open") {
      void this.reload();
      void this.rolledBack.load(() => this.ipc.rolledBack());
      this.#schedule();
    }
  }

  async refresh(): Promise<void> {
    const phase = this.phase;
    const state = await this.ipc.appState();
    // Locked or opened in the meantime: the answer is about a time that has passed.
    if (phase !== this.phase) return;
    if (state.phase === "open") {
      this.state = state;
      this.now = state.now;
    } else this.entered(state);
  }

  async reload(): Promise<void> {
    await Promise.all([this.chats.load(() => this.ipc.chats()), this.promises.load(() => this.ipc.promises()), this.accounts.load(() => this.ipc.accounts())]);
  }

  accountsChanged(): void {
    if (this.phase === "open") void this.accounts.load(() => this.ipc.accounts());
  }

  /** What must be heard at once stands on the window until it was. */
  alerted(alert: CaptureAlert): void {
    if (this.phase !== "open") return;
    const same = (one: CaptureAlert) => one.kind === alert.kind && one.chat === alert.chat && one.account === alert.account;
    this.alerts = [...this.alerts.filter((one) => !same(one)), alert];
    this.accountsChanged();
  }

  heardAlerts(): void {
    this.alerts = [];
  }

  /** The archive, its index or its findings have grown. */
  grown(): void {
    if (this.phase !== "open") return;
    this.growth++;
    // What cannot be read now is read at the next beat; a failure of the lists shows itself there.
    void this.refresh().catch(() => undefined);
    void this.reload();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const wait = this.state?.archive?.notIndexed ? INDEXING_MS : REFRESH_MS;
    this.#timer = setTimeout(() => {
      if (this.phase !== "open") return;
      // A missed beat is not worth a word: the next one tells the state.
      this.refresh().catch(() => undefined).finally(() => this.#schedule());
    }, wait);
  }

  async setLang(choice: LangChoice): Promise<void> {
    this.looks.setLang(choice);
    await this.ipc.setLang(language.current).catch((thrown: unknown) => this.say(asFailure(thrown).text));
  }

  go(screen: Screen): void {
    this.trail = [];
    this.screen = screen;
  }

  /** Remembers the place that is about to be left. */
  leave(): void {
    const spot = this.screen === "chats" ? (this.reading?.() ?? null) : null;
    if (this.screen === "chats" && !spot) return;
    this.trail = [...this.trail, { screen: this.screen, spot }].slice(-TRAIL);
  }

  /** Opens a message (or a chat) in the reader; Esc comes back to the screen it was opened from. */
  open(chat: string, link: string | null = null, found: Target["found"] = null): void {
    if (this.screen !== "chats") this.leave();
    // Another chat from the list: Esc does not walk through the one before it.
    else this.trail = this.trail.slice(0, this.trail.findLastIndex((trace) => trace.screen !== "chats") + 1);
    this.#aim(chat, link, null, found);
  }

  #aim(chat: string, link: string | null, left: Target["left"], found: Target["found"] = null): void {
    this.target = { chat, link, left, found, serial: (this.target?.serial ?? 0) + 1 };
    this.screen = "chats";
  }

  goBack(): boolean {
    const trail = [...this.trail];
    const here = this.screen === "chats" ? this.reading?.() : undefined;
    let trace = trail.pop();
    // A jump that moved nothing is not a step.
    while (trace?.spot && here && same(trace.spot, here)) trace = trail.pop();
    const gone = trail.length < this.trail.length;
    this.trail = trail;
    if (!trace) return gone;
    const { screen, spot } = trace;
    const now = spot && this.reading?.();
    if (spot && !(now && same(spot, now))) this.#aim(spot.chat, spot.link, { cursor: spot.cursor });
    this.screen = screen;
    return true;
  }

  /** Goes to a screen with something chosen already. */
  ask(wish: Wish): void {
    this.leave();
    this.wish = wish;
    this.screen = wish.screen;
  }

  /** Something was erased: no screen keeps it, no way leads back to it. */
  async purge(): Promise<void> {
    this.epoch++;
    this.target = this.wish = this.proving = null;
    this.trail = [];
    await Promise.all([this.refresh().catch((thrown: unknown) => this.say(asFailure(thrown).text)), this.reload()]);
  }

  /** Asks for evidence of messages. */
  prove(of: EvidenceOf, count: number): void {
    this.proving = { of, count };
  }

  /** Files over the window: what is dropped is looked into, unless an import is running. */
  dragged(drag: Drag): void {
    const welcome = this.phase === "open" && !this.importing.running;
    this.plan.hovered = welcome && drag.at === "over";
    if (!welcome || drag.at !== "dropped" || !drag.paths.length) return;
    if (!this.setup && this.screen !== "import") this.go("import");
    this.importing.reset();
    void this.plan.open(this.ipc, drag.paths);
  }

  search(): void {
    this.go("search");
    this.focusSearch++;
  }

  async lock(): Promise<void> {
    try {
      const state = await this.ipc.lock();
      this.relock();
      this.state = state;
    } catch (thrown) {
      this.say(asFailure(thrown).text);
    }
  }

  /** Somebody is here: the shell locks an archive that is left alone. */
  touch(): void {
    if (this.phase !== "open" || performance.now() - this.#touched < TOUCH_MS) return;
    this.#touched = performance.now();
    // The next movement says it again.
    this.ipc.touch().catch(() => undefined);
  }

  /** Runs a change of the master key and comes back to the settings, whatever came of it. */
  async rekey(work: (onProgress: OnProgress) => Promise<Rekeyed>): Promise<void> {
    await this.rekeying.run(work);
    try {
      this.entered(await this.ipc.appState());
      this.screen = "settings";
    } catch (thrown) {
      this.say(asFailure(thrown).text);
    }
  }

  /** Locked by the shell: what stands on the window goes at once, what can be said of the lock comes after. */
  locked(): void {
    this.relock();
    // Without an answer the lock tells less; the passphrase opens it all the same.
    void this.ipc.appState().then((state) => this.phase === "locked" && (this.state = state), () => undefined);
  }

  relock(): void {
    clearTimeout(this.#timer);
    // While the master key is changed the archive is closed, but nobody has locked it.
    this.wasLocked = !this.rekeying.running;
    this.chats.clear();
    this.promises.clear();
    this.accounts.clear();
    this.importing.reset();
    this.plan.reset();
    this.shelf.clear();
    this.rolledBack.clear();
    this.target = this.wish = this.proving = this.forgetting = null;
    this.alerts = [];
    this.trail = [];
    this.shortcuts = false;
    this.screen = "chats";
    this.setup = false;
    if (this.state) this.state = { ...this.state, phase: "locked", archive: null };
    this.phase = "locked";
  }

  say(words: string): void {
    this.said = "";
    // Two beats, so that a screen reader hears the same words again.
    setTimeout(() => (this.said = words), 10);
    setTimeout(() => (this.said = this.said === words ? "" : this.said), 3000);
  }

  async copy(text: string, done: string): Promise<void> {
    this.say((await copyText(text)) ? done : t("copy.failed"));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

const noMedia: ReadMedia = () => Promise.reject({ code: "other", text: "" });

const same = (a: Spot, b: Spot): boolean => a.chat === b.chat && a.link === b.link && a.cursor === b.cursor;

function byLink(promises: PromiseView[]): Map<string, PromiseView[]> {
  const map = new Map<string, PromiseView[]>();
  for (const promise of promises) map.set(promise.link, [...(map.get(promise.link) ?? []), promise]);
  return map;
}

/** Not every web view grants the clipboard to a page: the old way is the fallback. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "sr";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

const KEY = Symbol("app");
export const provideApp = (app: App): App => setContext(KEY, app);
export const useApp = (): App => getContext<App>(KEY);
