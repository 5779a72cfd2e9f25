// An import as it is being prepared: what was chosen, what it holds, and the answers that the export itself does not give.
// Nothing is written before the user says so.

import { asFailure, type ImportPerson, type ImportPreview, type ImportRequest, type Ipc, type SourcePreview } from "../ipc";
import { Job } from "./job.svelte";

/** One file or folder, looked into. */
export class Source {
  readonly path: string;
  readonly preview: ImportPreview;
  /** Numbers of the chats that will come in. */
  chosen = $state.raw<ReadonlySet<number>>(new Set());
  /** Whose account it is, as the user says; a source that tells it itself is not asked about. */
  owner = $state.raw<ImportPerson | null>(null);
  manager = $state("");

  constructor(path: string, preview: ImportPreview) {
    this.path = path;
    this.preview = preview;
    this.chosen = new Set(preview.chats.map((chat) => chat.key));
    this.manager = preview.owner?.name ?? "";
    // The best guess stands first and is taken until the user says otherwise.
    if (!preview.owner) this.own(preview.guesses[0] ?? null);
  }

  /** Names the manager too, unless another name was typed. */
  own(person: ImportPerson | null): void {
    if (!this.manager || this.manager === this.owner?.name) this.manager = person?.name ?? "";
    this.owner = person;
  }

  get everything(): boolean {
    return this.chosen.size === this.preview.chats.length;
  }
}

export class ImportPlan {
  /** Looking into the sources; keeps nothing. */
  readonly look = new Job<SourcePreview[]>();
  paths = $state.raw<string[]>([]);
  sources = $state.raw<Source[]>([]);
  /** Sources that cannot be read, with the words why. */
  refused = $state.raw<{ path: string; why: string }[]>([]);
  timezone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone);
  /** Files hang over the window. */
  hovered = $state(false);
  choosing = $state("");

  needsTimezone = $derived(this.sources.some((source) => source.preview.needsTimezone));
  ready = $derived(this.sources.some((source) => source.chosen.size > 0));
  looked = $derived(this.sources.length + this.refused.length > 0);

  async choose(ask: () => Promise<string[] | string | null>): Promise<string[]> {
    this.choosing = "";
    try {
      return [(await ask()) ?? []].flat();
    } catch (thrown) {
      this.choosing = asFailure(thrown).text;
      return [];
    }
  }

  async open(ipc: Ipc, paths: string[]): Promise<void> {
    if (!paths.length || this.look.running) return;
    this.reset();
    this.paths = paths;
    const found = await this.look.run((onProgress) => ipc.previewImport(paths, onProgress));
    if (!found) return;
    this.sources = found.flatMap(({ path, preview }) => (preview ? [new Source(path, preview)] : []));
    this.refused = found.flatMap(({ path, failure }) => (failure === null ? [] : [{ path, why: failure }]));
  }

  request(): ImportRequest {
    const sources = this.sources.filter((source) => source.chosen.size);
    return {
      sources: sources.map((source) => ({
        path: source.path,
        chats: source.everything ? null : [...source.chosen],
        owner: source.owner?.id || null,
        ownerName: source.owner && !source.owner.id ? source.owner.name : null,
        manager: source.manager.trim() || null,
      })),
      timezone: this.needsTimezone ? this.timezone : null,
    };
  }

  reset(): void {
    this.look.reset();
    this.paths = [];
    this.sources = [];
    this.refused = [];
    this.choosing = "";
    this.hovered = false;
  }
}
