// The only door between the interface and the shell. Views get an `Ipc`; whether it is the shell or a fake they never know.
// Every function gives its data or throws a `Failure`.

import type {
  AccessPage,
  AccountView,
  Anchor,
  ApiKeys,
  AppState,
  Background,
  BackgroundWish,
  BackupWritten,
  ChangeFilter,
  ChangePage,
  ChatCard,
  CaptureAlert,
  ChatRow,
  Completion,
  ConsentWish,
  Created,
  ErasureRow,
  EvidenceOf,
  EvidenceWritten,
  Failure,
  FailureCode,
  ForgetPlan,
  ForgetReport,
  HandoverDraft,
  HandoverFile,
  HandoverRequest,
  HeadCompared,
  HoldRow,
  ImportReport,
  ImportRequest,
  InChat,
  Lang,
  LoginView,
  MarkedMessage,
  Page,
  Progress,
  PromiseView,
  Restored,
  RetentionRow,
  RolledBackView,
  Salvaged,
  Rekeyed,
  SavedSearch,
  SearchCounts,
  Scan,
  ScopeWish,
  SearchFilter,
  SearchPage,
  Secret,
  Security,
  Sort,
  SourcePreview,
  Summary,
  SummaryRequest,
  Verified,
  VersionView,
  Way,
  Weighed,
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
  previewImport(paths: string[], onProgress: OnProgress): Promise<SourcePreview[]>;
  importExport(request: ImportRequest, onProgress: OnProgress): Promise<ImportReport[]>;
  saveImportReport(file: string): Promise<null>;
  loadDemo(onProgress: OnProgress): Promise<ImportReport>;
  cancelJob(): Promise<null>;
  chooseExport(): Promise<string[] | null>;
  chooseExportFolder(): Promise<string | null>;
  chooseSaveFile(suggested: string): Promise<string | null>;
  choosePackFile(suggested: string): Promise<string | null>;
  chats(): Promise<ChatRow[]>;
  messages(chat: string, anchor: Anchor, limit: number): Promise<Page>;
  versions(link: string): Promise<VersionView[]>;
  saveMedia(link: string, file: string): Promise<null>;
  chatCard(chat: string): Promise<ChatCard>;
  search(query: string, filter: SearchFilter, sort: Sort, offset: number, limit: number): Promise<SearchPage>;
  searchCounts(query: string, filter: SearchFilter): Promise<SearchCounts>;
  completeSearch(query: string, cursor: number): Promise<Completion[]>;
  searchInChat(query: string, filter: SearchFilter, chat: string, from: string | null, way: Way): Promise<InChat>;
  searchMarks(query: string, filter: SearchFilter, links: string[]): Promise<MarkedMessage[]>;
  savedSearches(): Promise<SavedSearch[]>;
  saveSearch(search: SavedSearch): Promise<null>;
  deleteSearch(id: number): Promise<null>;
  searchHistory(): Promise<string[]>;
  rememberSearch(query: string): Promise<null>;
  forgetSearchHistory(): Promise<null>;
  summary(request: SummaryRequest): Promise<Summary>;
  promises(): Promise<PromiseView[]>;
  handoverDraft(request: HandoverRequest): Promise<HandoverDraft>;
  handoverWrite(draft: HandoverDraft, passphrase: string, file: string, lang: Lang, onProgress: OnProgress): Promise<HandoverFile>;
  verify(onProgress: OnProgress): Promise<Verified>;
  chooseFolder(): Promise<string | null>;
  chooseBackupPlace(suggested: string): Promise<string | null>;
  chooseBackup(): Promise<string | null>;
  changes(filter: ChangeFilter, before: string | null, limit: number): Promise<ChangePage>;
  writeEvidence(of: EvidenceOf, folder: string, why: string, lang: Lang): Promise<EvidenceWritten>;
  rolledBack(): Promise<RolledBackView | null>;
  acceptHead(): Promise<null>;
  treeHead(): Promise<string>;
  compareHead(head: string): Promise<HeadCompared>;
  backup(file: string, onProgress: OnProgress): Promise<BackupWritten>;
  restore(file: string, secret: string, byKey: boolean, folder: string | null, onProgress: OnProgress): Promise<Restored>;
  salvage(secret: string, byKey: boolean, onProgress: OnProgress): Promise<Salvaged>;
  takeSalvaged(folder: string, secret: string, byKey: boolean): Promise<AppState>;
  compact(): Promise<null>;
  retention(): Promise<RetentionRow[]>;
  weighRetention(manager: string, days: number): Promise<Weighed>;
  setRetention(manager: string, days: number | null): Promise<null>;
  applyRetention(onProgress: OnProgress): Promise<Weighed>;
  holds(): Promise<HoldRow[]>;
  placeHold(chat: string, why: string): Promise<null>;
  liftHold(chat: string): Promise<null>;
  planForgetting(chat: string): Promise<ForgetPlan>;
  forget(chat: string, code: string, why: string, onProgress: OnProgress): Promise<ForgetReport>;
  erasures(): Promise<ErasureRow[]>;
  accessLog(actions: string[], before: number | null, limit: number): Promise<AccessPage>;
  security(): Promise<Security>;
  unlockWithKeyring(): Promise<AppState>;
  changePassphrase(secret: Secret, passphrase: string): Promise<null>;
  newRecoveryKey(secret: Secret): Promise<Created>;
  draftRecoveryKey(secret: Secret): Promise<Created>;
  setKeyring(secret: Secret, on: boolean): Promise<Security>;
  setIdle(minutes: number): Promise<Security>;
  setRecordLocked(on: boolean): Promise<Security>;
  /** Ends recording behind the lock and forgets the keys. */
  closeArchive(): Promise<AppState>;
  background(): Promise<Background>;
  setBackground(wish: BackgroundWish): Promise<Background>;
  hideWindow(): Promise<null>;
  quit(): Promise<null>;
  touch(): Promise<null>;
  rekey(passphrase: string, recoveryKey: string, onProgress: OnProgress): Promise<Rekeyed>;
  finishRekey(secret: Secret, onProgress: OnProgress): Promise<Rekeyed>;
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
  accountProxy(account: string, proxy: string): Promise<null>;
  accountCheck(account: string): Promise<null>;
  /** Reads a whole chat again, or goes on with it. */
  accountSweep(account: string, chat: string): Promise<null>;
  accountSweepCancel(account: string, chat: string): Promise<null>;
  /** Telegram tells the account's devices of it: say so before. */
  accountTakeout(account: string, on: boolean): Promise<null>;
  accountSignOut(account: string): Promise<null>;
}

/** Calls back whenever the archive, its index or its findings have grown; gives what ends the listening. */
export type Growth = (grown: () => void) => Promise<() => void>;

/** Calls back whenever the shell has locked the archive by itself. */
export type Locks = Growth;

/** Calls back when the window is closed for the first time since that means going on without it. */
export type Closing = Growth;

/** Files dragged over the window: where they hover, that they left, what was dropped. */
export type Drag = { at: "over" } | { at: "left" } | { at: "dropped"; paths: string[] };

/** Calls back for every drag; gives what ends the listening. */
export type Drags = (dragged: (drag: Drag) => void) => Promise<() => void>;

/** A stretch of a kept file, decrypted: its bytes, the length of the whole, and what its first bytes say it is. */
export interface MediaPiece {
  bytes: ArrayBuffer;
  total: number;
  type: string;
}

/** Reads a stretch of the file that belongs to a message. */
export type ReadMedia = (link: string, from: number, to: number) => Promise<MediaPiece>;

/** What the window hears of live recording. */
export interface Hearing {
  changed: () => void;
  alert: (alert: CaptureAlert) => void;
}
export type Recording = (hearing: Hearing) => Promise<() => void>;

const CODES: Record<FailureCode, true> = { wrongKey: true, tooSoon: true, locked: true, cancelled: true, query: true, damaged: true, other: true };

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
