// What an edit changed, word by word.

export interface Change { kind: "same" | "gone" | "new"; text: string }

/** Above this the table would be too large for a click; the two texts are then shown whole. */
const MAX_WORDS = 600;

export function wordDiff(before: string, after: string): Change[] {
  const [a, b] = [wordsOf(before), wordsOf(after)];
  if (a.length > MAX_WORDS || b.length > MAX_WORDS) return [{ kind: "gone", text: before }, { kind: "new", text: after }];
  const common = commonLengths(a, b);
  const at = (i: number, j: number) => common[i * (b.length + 1) + j] ?? 0;
  const out: Change[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      push(out, "same", left);
      [i, j] = [i + 1, j + 1];
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      push(out, "gone", left);
      i += 1;
    } else {
      push(out, "new", right ?? "");
      j += 1;
    }
  }
  return out;
}

function wordsOf(text: string): string[] {
  return text.match(/\s+|[\p{L}\p{N}\p{M}%]+|[^\s\p{L}\p{N}\p{M}%]/gu) ?? [];
}

/** Length of the longest common subsequence of each pair of tails, row by row. */
function commonLengths(a: string[], b: string[]): Uint16Array {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i * width + j] = a[i] === b[j]
        ? (table[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
    }
  }
  return table;
}

function push(out: Change[], kind: Change["kind"], text: string): void {
  const last = out.at(-1);
  if (last?.kind === kind) last.text += text;
  else out.push({ kind, text });
}
