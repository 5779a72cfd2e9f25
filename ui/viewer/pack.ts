// What a pack holds, as the crate `letopis-handover` writes it (see pack.rs there for the meaning of each field).
// A pack is authenticated before it gets here; still, an absent field is normal and is filled in once, in `fromJson`.

export type Seconds = number;
export type Side = "in" | "out";
export type PromiseState = "open" | "late" | "kept" | "broken" | "withdrawn";

export interface Quote { text: string; sender: string; at: Seconds; message: number }
export interface Owed extends Quote { due_at?: Seconds; state: PromiseState }
export interface Person { name: string; side: Side; messages: number }
export interface Interval { from: Seconds; to: Seconds }
export interface Entity { kind: string; start: number; len: number; value?: string }
export interface Media { file_name?: string; size?: number; duration?: number; emoji?: string }
export interface Service { action: string; detail?: string }
export interface Version { text: string; at?: Seconds }

export interface Message {
  id: number;
  sender?: string;
  direction: Side;
  sent_at?: Seconds;
  edited_at?: Seconds;
  kind?: string;
  text?: string;
  entities?: Entity[];
  media?: Media;
  service?: Service;
  reply_to?: number;
  deleted?: Interval;
  versions?: Version[];
  forwarded_from?: string;
}

export interface Client {
  id: string;
  title: string;
  state: string;
  next_step: string;
  people: Person[];
  promises: Owed[];
  questions: Quote[];
  requests: Quote[];
  agreements: Quote[];
  objections: Quote[];
  read_first: Quote[];
  gaps: Interval[];
  messages: Message[];
}

export interface Pack {
  lang: "ru" | "en";
  made_at: Seconds;
  zone: string;
  manager: string;
  from: Seconds;
  to: Seconds;
  note: string;
  clients: Client[];
}

export const FORMAT = 1;

/** Null if the text is not a pack of the format this viewer reads. */
export function fromJson(json: string): Pack | null {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return null;
  }
  if (typeof raw !== "object" || raw === null) return null;
  const pack = raw as Partial<Pack> & { "letopis-pack"?: unknown };
  if (pack["letopis-pack"] !== FORMAT || !Array.isArray(pack.clients)) return null;
  return {
    lang: pack.lang === "en" ? "en" : "ru",
    made_at: pack.made_at ?? 0,
    zone: pack.zone ?? "",
    manager: pack.manager ?? "",
    from: pack.from ?? 0,
    to: pack.to ?? 0,
    note: pack.note ?? "",
    clients: pack.clients.map(filled),
  };
}

function filled(client: Partial<Client>): Client {
  return {
    id: client.id ?? "",
    title: client.title ?? "",
    state: client.state ?? "",
    next_step: client.next_step ?? "",
    people: client.people ?? [],
    promises: client.promises ?? [],
    questions: client.questions ?? [],
    requests: client.requests ?? [],
    agreements: client.agreements ?? [],
    objections: client.objections ?? [],
    read_first: client.read_first ?? [],
    gaps: client.gaps ?? [],
    messages: client.messages ?? [],
  };
}

/** A promise that was late when the pack was made, or whose date has passed since. */
export function isLate(owed: Owed, now: Seconds): boolean {
  return owed.state === "late" || (owed.state === "open" && owed.due_at !== undefined && owed.due_at < now);
}

/** What still has to be done, the most pressing first: late, then by due date, then without one. */
export function stillOwed<T extends Owed>(promises: T[], now: Seconds): T[] {
  const due = (owed: Owed) => owed.due_at ?? Number.MAX_SAFE_INTEGER;
  return promises
    .filter((owed) => owed.state === "open" || owed.state === "late")
    .sort((a, b) => Number(isLate(b, now)) - Number(isLate(a, now)) || due(a) - due(b));
}
