// Kept files as addresses that the web view can show and play. Decrypted bytes live in memory only, a bounded number of
// them, and are gone when the archive is locked. Media elements cannot load the shell's own address (WebKitGTK), so the
// bytes are read in stretches and handed over as a blob.

import type { ReadMedia } from "../ipc";

/** Bytes asked for at once. */
const PIECE = 4 << 20;
/** Bytes that stay in memory after nobody looks at them any more. */
const HELD = 96 << 20;
/** A larger file is saved, not shown: it would have to lie in memory as a whole. */
export const SHOWN_AT_MOST = 256 << 20;

interface Held {
  url: string;
  bytes: number;
  users: number;
}

export class Shelf {
  #read: ReadMedia;
  /** In the order of their last use. */
  #held = new Map<string, Held>();
  #coming = new Map<string, Promise<Held>>();
  #generation = 0;
  #sounding: HTMLMediaElement | null = null;

  constructor(read: ReadMedia) {
    this.#read = read;
  }

  /** The file's address; it stays good until `release`. */
  async take(link: string): Promise<string> {
    const held = this.#held.get(link) ?? (await this.#fetched(link));
    held.users++;
    this.#held.delete(link);
    this.#held.set(link, held);
    return held.url;
  }

  release(link: string): void {
    const held = this.#held.get(link);
    if (held) held.users = Math.max(0, held.users - 1);
    this.#trim();
  }

  /** One sound at a time: whoever begins silences the one before. */
  sounds(element: HTMLMediaElement): void {
    if (this.#sounding && this.#sounding !== element) this.#sounding.pause();
    this.#sounding = element;
  }

  clear(): void {
    this.#generation++;
    this.#sounding?.pause();
    this.#sounding = null;
    for (const { url } of this.#held.values()) URL.revokeObjectURL(url);
    this.#held.clear();
    this.#coming.clear();
  }

  #fetched(link: string): Promise<Held> {
    const known = this.#coming.get(link);
    if (known) return known;
    const coming = this.#fetch(link).finally(() => this.#coming.delete(link));
    this.#coming.set(link, coming);
    return coming;
  }

  async #fetch(link: string): Promise<Held> {
    const mine = this.#generation;
    const first = await this.#read(link, 0, PIECE);
    const parts = [first.bytes];
    let at = first.bytes.byteLength;
    while (at < first.total && mine === this.#generation) {
      const next = await this.#read(link, at, at + PIECE);
      if (!next.bytes.byteLength) break;
      parts.push(next.bytes);
      at += next.bytes.byteLength;
    }
    if (mine !== this.#generation) throw { code: "locked", text: "" };
    const held = { url: URL.createObjectURL(new Blob(parts, { type: first.type })), bytes: at, users: 0 };
    this.#held.set(link, held);
    this.#trim(link);
    return held;
  }

  /** Drops what nobody looks at, the longest unused first. */
  #trim(kept?: string): void {
    let bytes = [...this.#held.values()].reduce((sum, one) => sum + one.bytes, 0);
    for (const [link, held] of this.#held) {
      if (bytes <= HELD) return;
      if (held.users || link === kept) continue;
      URL.revokeObjectURL(held.url);
      this.#held.delete(link);
      bytes -= held.bytes;
    }
  }
}
