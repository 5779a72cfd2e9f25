// Word-level difference of two versions of a message: longest common subsequence over words and the spaces between them.
// Long rewrites are not worth the quadratic table: beyond the cap the changed middle is shown as replaced whole.

export interface Change {
  op: "same" | "del" | "ins";
  text: string;
}

const CAP = 1200;

export function wordDiff(before: string, after: string): Change[] {
  const a = words(before);
  const b = words(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const middleA = a.slice(head, a.length - tail);
  const middleB = b.slice(head, b.length - tail);
  const middle: Change[] =
    middleA.length > CAP || middleB.length > CAP ? replaced(middleA, middleB) : common(middleA, middleB);
  return merge([
    ...a.slice(0, head).map(same),
    ...middle,
    ...a.slice(a.length - tail).map(same),
  ]);
}

function words(text: string): string[] {
  return text.match(/\s+|\p{N}+(?:[.,:]\p{N}+)*%?|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}

const same = (text: string): Change => ({ op: "same", text });

function replaced(a: string[], b: string[]): Change[] {
  return [
    { op: "del", text: a.join("") },
    { op: "ins", text: b.join("") },
  ];
}

function common(a: string[], b: string[]): Change[] {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  const at = (i: number, j: number) => table[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const out: Change[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (left !== undefined && left === right) {
      out.push(same(left));
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      out.push({ op: "del", text: left });
      i++;
    } else if (right !== undefined) {
      out.push({ op: "ins", text: right });
      j++;
    }
  }
  return out;
}

/** Joins neighbours of one kind; between two edits, deletions come before insertions and lone spaces join them. */
function merge(changes: Change[]): Change[] {
  const out: Change[] = [];
  let del = "";
  let ins = "";
  const flush = () => {
    if (del) out.push({ op: "del", text: del });
    if (ins) out.push({ op: "ins", text: ins });
    del = ins = "";
  };
  changes.forEach((change, i) => {
    if (change.op === "del") del += change.text;
    else if (change.op === "ins") ins += change.text;
    else if (/^\s+$/.test(change.text) && del && ins && changes[i + 1] && changes[i + 1]?.op !== "same") {
      del += change.text;
      ins += change.text;
    } else {
      flush();
      const last = out.at(-1);
      if (last?.op === "same") last.text += change.text;
      else out.push({ ...change });
    }
  });
  flush();
  return out;
}
