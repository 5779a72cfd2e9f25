// Payload and passphrase to pack. All of it is decrypted before any of it is returned: age hands out what stands before
// a damaged place, and half a chat looks like a whole one.

import { armor, Decrypter } from "age-encryption";
import { fromJson, type Pack } from "./pack";

/** Why a pack did not open; each has its own words and its own advice. */
export type OpenFault = "wrong-passphrase" | "damaged" | "cut-short" | "not-a-pack" | "no-memory";

export class OpenError extends Error {
  constructor(readonly fault: OpenFault) {
    super(fault);
  }
}

export interface Payload { armour: string; checksum: string }

/** The payload of the page, before any passphrase. */
export function payloadOf(page: ParentNode): Payload {
  const armour = page.querySelector("#payload")?.textContent ?? "";
  const checksum = page.querySelector("#payload-sha256")?.textContent ?? "";
  if (armour === "") throw new OpenError("not-a-pack");
  if (!/^[0-9a-f]{64}$/.test(checksum)) throw new OpenError("cut-short");
  return { armour: armour.replace(/^\n/, ""), checksum };
}

export async function openPack(payload: Payload, passphrase: string): Promise<Pack> {
  await verify(payload);
  const plain = await decrypt(armourBytes(payload.armour), canonical(passphrase));
  let json: string;
  try {
    json = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
  } catch {
    throw new OpenError("damaged");
  }
  const pack = fromJson(json);
  if (pack === null) throw new OpenError("not-a-pack");
  return pack;
}

/** As the crate spells it when sealing: NFC, without the spaces that a copied passphrase brings along. */
export function canonical(passphrase: string): string {
  return passphrase.trim().normalize("NFC");
}

/** Tells damage from a wrong passphrase before the slow step. Against a forger age itself protects. */
async function verify({ armour, checksum }: Payload): Promise<void> {
  // Absent where a browser does not trust file:// pages; age then still refuses every changed byte.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return;
  const hash = new Uint8Array(await subtle.digest("SHA-256", new TextEncoder().encode(armour)));
  const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex !== checksum) throw new OpenError("damaged");
}

function armourBytes(armour: string): Uint8Array {
  try {
    return armor.decode(armour);
  } catch {
    throw new OpenError("damaged");
  }
}

async function decrypt(sealed: Uint8Array, passphrase: string): Promise<Uint8Array> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    return await decrypter.decrypt(sealed);
  } catch (error) {
    if (error instanceof RangeError) throw new OpenError("no-memory");
    const wrong = error instanceof Error && error.message.startsWith("no identity matched");
    throw new OpenError(wrong ? "wrong-passphrase" : "damaged");
  }
}
