// The only door between the interface and the shell. Views get an `Ipc`; whether it is the shell or a fake they never know.
// Every function gives its data or throws a `Failure`.

import type {
  AccountView,
  Anchor,
  ApiKeys,
  AppState,
  ChatCard,
  CaptureAlert,
  ChatRow,
  ConsentWish,
  Created,
  Failure,
  FailureCode,
  HandoverDraft,
  HandoverFile,
  HandoverRequest,
  ImportReport,
  Lang,
  LoginView,
  Page,
  Progress,
  PromiseView,
  Scan,
  ScopeWish,
  SearchFilter,
  SearchPage,
  Sort,
  Summary,
  SummaryRequest,
  Verified,
  VersionView,
} from "./bindings";

export type * from "./bindings";

/** Unix seconds, UTC. */
export type Seconds = number;

export type OnProgress = (progress: Progress) => void;

export interface Ipc {
  appState(): Promise<AppState>;
  setLang(lang: Lang): Promise<null>;
  createArchive(passphrase: string): Promise<Created>;
  unlock(passphrase: string): Promise<AppState>;
  unlockWithRecovery(key: string): Promise<AppState>;
  lock(): Promise<AppState>;
  importExport(paths: string[], manager: string | null, onProgress: OnProgress): Promise<ImportReport[]>;
  loadDemo(onProgress: OnProgress): Promise<ImportReport>;
  cancelJob(): Promise<null>;
  chooseExport(): Promise<string[] | null>;
  choosePackFile(suggested: string): Promise<string | null>;
  chats(): Promise<ChatRow[]>;
  messages(chat: string, anchor: Anchor, limit: number): Promise<Page>;
  versions(link: string): Promise<VersionView[]>;
  chatCard(chat: string): Promise<ChatCard>;
  search(query: string, filter: SearchFilter, sort: Sort, offset: number, limit: number): Promise<SearchPage>;
  summary(request: SummaryRequest): Promise<Summary>;
  promises(): Promise<PromiseView[]>;
  handoverDraft(request: HandoverRequest): Promise<HandoverDraft>;
  handoverWrite(draft: HandoverDraft, passphrase: string, file: string, lang: Lang, onProgress: OnProgress): Promise<HandoverFile>;
  verify(onProgress: OnProgress): Promise<Verified>;
  accounts(): Promise<AccountView[]>;
  loginState(): Promise<LoginView>;
  loginPhone(keys: ApiKeys, phone: string): Promise<LoginView>;
  loginQr(keys: ApiKeys): Promise<LoginView>;
  /** Waits some seconds for the shown code to be scanned; gives what to show next. */
  loginScanned(): Promise<LoginView>;
  loginResend(): Promise<LoginView>;
  loginCode(code: string): Promise<LoginView>;
  loginPassword(password: string): Promise<LoginView>;
  loginCancel(): Promise<null>;
  accountScan(account: string): Promise<Scan>;
  accountScope(account: string, scope: ScopeWish): Promise<null>;
  consentWords(): Promise<string>;
  accountConsent(account: string, consent: ConsentWish): Promise<null>;
  accountWithdraw(account: string, who: string): Promise<null>;
  accountSwitch(account: string, on: boolean): Promise<null>;
  accountCheck(account: string): Promise<null>;
  accountSignOut(account: string): Promise<null>;
}

/** Calls back whenever the archive, its index or its findings have grown; gives what ends the listening. */
export type Growth = (grown: () => void) => Promise<() => void>;

/** What the window hears of live recording. */
export interface Hearing {
  changed: () => void;
  alert: (alert: CaptureAlert) => void;
}
export type Recording = (hearing: Hearing) => Promise<() => void>;

const CODES: Record<FailureCode, true> = { wrongKey: true, locked: true, cancelled: true, other: true };

/** Whatever was thrown, as a `Failure`; an unexpected error keeps its own words. */
export function asFailure(thrown: unknown): Failure {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "text" in thrown) {
    const { code, text } = thrown as { code: unknown; text: unknown };
    if (typeof code === "string" && code in CODES) return { code: code as FailureCode, text: String(text) };
  }
  return { code: "other", text: thrown instanceof Error ? thrown.message : String(thrown) };
}

/** Calls `onLocked` whenever a call fails because the archive is locked, then lets the failure through. */
export function watchLock(ipc: Ipc, onLocked: () => void): Ipc {
  return new Proxy(ipc, {
    get(target, name) {
      const call: unknown = Reflect.get(target, name);
      if (typeof call !== "function") return call;
      return async (...args: unknown[]) => {
        try {
          return (await Reflect.apply(call, target, args)) as unknown;
        } catch (thrown) {
          if (asFailure(thrown).code === "locked") onLocked();
          throw thrown;
        }
      };
    },
  });
}
