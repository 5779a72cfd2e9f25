// Small invented files behind the fake: a drawn picture and a second of a tone, built here, so that nothing is shipped.

import type { ReadMedia } from "../index";

const RATE = 8000;

/** A second of a tone as WAV. */
export function tone(): Uint8Array {
  const bytes = new Uint8Array(44 + RATE);
  const view = new DataView(bytes.buffer);
  const word = (at: number, text: string) => [...text].forEach((char, i) => view.setUint8(at + i, char.charCodeAt(0)));
  word(0, "RIFF");
  view.setUint32(4, 36 + RATE, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  word(36, "data");
  view.setUint32(40, RATE, true);
  for (let i = 0; i < RATE; i++) view.setUint8(44 + i, 128 + Math.round(60 * Math.sin((i * 440 * 2 * Math.PI) / RATE)));
  return bytes;
}

/** Stripes as an uncompressed bitmap. */
export function picture(width = 160, height = 120): Uint8Array {
  const row = width * 3;
  const bytes = new Uint8Array(54 + row * height);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x424d);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  for (let i = 54; i < bytes.length; i++) bytes[i] = (Math.floor((i - 54) / row / 12) % 2 ? 96 : 200) + ((i * 7) % 40);
  return bytes;
}

/** Voice messages are a tone, everything else a picture. */
export function fakeMedia(kindOf: (link: string) => string = () => "photo"): ReadMedia {
  return async (link, from, to) => {
    const sounds = kindOf(link) === "voice";
    const bytes = sounds ? tone() : picture();
    return { bytes: bytes.slice(from, to).buffer, total: bytes.length, type: sounds ? "audio/wav" : "image/bmp" };
  };
}
