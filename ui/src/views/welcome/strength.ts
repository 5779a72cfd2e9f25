// A rough word about a passphrase: how many guesses by kinds of characters and length, less for repeats. Advice, not a gate.

export const MIN_LENGTH = 8;
export type Strength = "weak" | "fair" | "good";

const KINDS: [RegExp, number][] = [
  [/\d/, 10],
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[\u0430-\u044F\u0451]/, 33],
  [/[\u0410-\u042F\u0401]/, 33],
  [/\s/, 1],
  [/[^\p{L}\p{N}\s]/u, 30],
];

export function strength(passphrase: string): Strength {
  const chars = Array.from(passphrase);
  const alphabet = KINDS.reduce((sum, [kind, size]) => (kind.test(passphrase) ? sum + size : sum), 1);
  const fresh = chars.filter((char, i) => char !== chars[i - 1] && !follows(chars[i - 1], char)).length;
  const bits = Math.log2(alphabet) * Math.min(fresh, new Set(chars).size * 2);
  if (bits < 45) return "weak";
  return bits < 70 ? "fair" : "good";
}

function follows(before: string | undefined, char: string): boolean {
  return before !== undefined && char.codePointAt(0) === (before.codePointAt(0) ?? 0) + 1;
}
