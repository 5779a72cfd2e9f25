// Checks a folder of evidence of Letopis. Written from VERIFY.md alone, without any code of Letopis.
// Usage: node verify-evidence.mjs FOLDER [SIZE ROOT]
// SIZE and ROOT are the head that you know from elsewhere. Each problem is one line; the verdict comes last.
// Exit code: 0 accepted, 1 rejected.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const problems = [];
const problem = (where, what) => problems.push(`${where}: ${what}`);

// ---- small helpers

const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const isObject = (x) => typeof x === 'object' && x !== null && !Array.isArray(x);
const isHex = (x, digits) => typeof x === 'string' && x.length === digits && /^[0-9a-f]*$/.test(x);
const isCount = (x) => Number.isSafeInteger(x) && x >= 0;
const has = (object, key) => Object.hasOwn(object, key);

/** Notes the problem when the test fails; gives the test back. */
function need(ok, where, what) {
  if (!ok) problem(where, what);
  return ok;
}

/** UTF-8 is read strictly: a wrong byte must not quietly become another character. */
function readJson(file) {
  if (!fs.statSync(file).isFile()) throw new Error('not a plain file');
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fs.readFileSync(file));
  return JSON.parse(text);
}

// ---- the tree

const BYTE_0 = Buffer.from([0]);
const BYTE_1 = Buffer.from([1]);
const half = (n) => Math.floor(n / 2); // not >> : that would cut numbers of more than 32 bits

/** The root (hex) that the inclusion proof leads to, or null when its length does not fit (RFC 9162, 2.1.3.2). */
function rootFromProof(leafHash, index, size, siblings) {
  if (index >= size) return null;
  let node = index;
  let last = size - 1;
  let hash = Buffer.from(leafHash, 'hex');
  for (const hex of siblings) {
    if (last === 0) return null;
    const sibling = Buffer.from(hex, 'hex');
    if (node % 2 === 1 || node === last) {
      hash = sha256(BYTE_1, sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else {
      hash = sha256(BYTE_1, hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 ? hash.toString('hex') : null;
}

// ---- the top of evidence.json

function checkTop(evidence) {
  if (!need(isObject(evidence), 'evidence.json', 'is not an object')) return false;
  if (!need(evidence.format === 'letopis-evidence/1', 'format', 'is not letopis-evidence/1')) return false;
  need(isHex(evidence.archive, 32), 'archive', 'is not 32 lower-case hexadecimal digits');
  const lists = need(Array.isArray(evidence.messages), 'messages', 'is not a list')
    & need(Array.isArray(evidence.media), 'media', 'is not a list');
  return checkHeadShape(evidence.tree_head) && Boolean(lists);
}

function checkHeadShape(head) {
  if (!need(isObject(head), 'tree_head', 'is not an object')) return false;
  const size = need(isCount(head.size), 'tree_head', 'size is not a whole number from 0 to 2^53 - 1');
  const root = need(isHex(head.root, 64), 'tree_head', 'root is not 64 lower-case hexadecimal digits');
  return size && root;
}

function checkKnownHead(head, known) {
  need(head.size === known.size, 'tree_head', 'size differs from the head that you know');
  need(head.root === known.root, 'tree_head', 'root differs from the head that you know');
}

// ---- messages

function checkMessage(message, where, context) {
  if (!need(isObject(message), where, 'is not an object')) return;
  need(message.link === `letopis:${message.chat}/${message.message}`, where, 'link is not made of chat and message');
  need(typeof message.chat === 'string', where, 'chat is not a string');
  need(Number.isSafeInteger(message.message), where, 'message is not a whole number');
  if (!need(Array.isArray(message.versions), where, 'versions is not a list')) return;
  need(message.versions.length > 0, where, 'has no version');
  message.versions.forEach((version, i) => checkVersion(version, `${where}, version ${i + 1}`, message, context));
}

function checkVersion(version, where, message, context) {
  context.versions += 1;
  if (!need(isObject(version), where, 'is not an object')) return;
  const shaped = checkVersionShape(version, where);
  if (shaped) checkProof(version, where, context.head);
  need(!context.seen.has(version.index), where, 'its index occurs twice');
  context.seen.add(version.index);
  if (has(version, 'leaf')) checkLeaf(version, where, message, context);
}

function checkVersionShape(version, where) {
  const index = need(isCount(version.index), where, 'index is not a whole number from 0 to 2^53 - 1');
  const hash = need(isHex(version.leaf_hash, 64), where, 'leaf_hash is not 64 lower-case hexadecimal digits');
  const siblings = need(Array.isArray(version.path) && version.path.every((x) => isHex(x, 64)), where,
    'path is not a list of 64 lower-case hexadecimal digits each');
  return index && hash && siblings;
}

function checkProof(version, where, head) {
  const root = rootFromProof(version.leaf_hash, version.index, head.size, version.path);
  if (root === null) problem(where, 'the proof does not fit the index and the size of the tree');
  else need(root === head.root, where, 'the proof does not lead to tree_head.root');
}

// ---- leaves

function checkLeaf(version, where, message, context) {
  const leaf = version.leaf;
  if (!need(typeof leaf === 'string', where, 'leaf is not a string')) return;
  if (!need(leaf.isWellFormed(), where, 'leaf has half a character (a lone surrogate), so it has no UTF-8 bytes')) return;
  const hash = sha256(BYTE_0, Buffer.from(leaf, 'utf8')).toString('hex');
  need(hash === version.leaf_hash, where, 'the hash of leaf is not leaf_hash');
  const fields = parseLeaf(leaf, where);
  if (fields) checkLeafFields(fields, version, where, message, context);
}

function parseLeaf(leaf, where) {
  let fields = null;
  try {
    fields = JSON.parse(leaf);
  } catch {
    // stays null: the next line tells it
  }
  return need(isObject(fields), where, 'leaf is not a JSON object') ? fields : null;
}

function checkLeafFields(fields, version, where, message, context) {
  need(fields.format === 'letopis-leaf/1', where, 'format of the leaf is not letopis-leaf/1');
  need(Number.isSafeInteger(fields.seq) && fields.seq === version.index + 1, where, 'seq of the leaf is not index + 1');
  need(fields.message === message.message, where, 'message of the leaf is another');
  if (typeof message.chat === 'string') checkChat(fields, message.chat, where);
  if (has(fields, 'media_sha256')) context.wanted.push({ where, sha256: fields.media_sha256, size: fields.media_size });
}

/** A leaf may be silent about the account; when it names one, the message must name the same. */
function checkChat(fields, chat, where) {
  const dot = chat.indexOf('.');
  const account = dot < 0 ? null : chat.slice(0, dot);
  need(fields.chat === chat.slice(dot + 1), where, 'chat of the leaf is another');
  if (!has(fields, 'account')) return;
  if (!need(isCount(fields.account), where, 'account of the leaf is not a whole number')) return;
  need(String(fields.account) === account, where, 'account of the leaf is another');
}

// ---- media

function checkMedia(folder, entry, where, sizes) {
  if (!need(isObject(entry), where, 'is not an object')) return;
  if (!need(isHex(entry.sha256, 64), where, 'sha256 is not 64 lower-case hexadecimal digits')) return;
  if (!need(isCount(entry.size), where, 'size is not a whole number from 0 to 2^53 - 1')) return;
  if (!need(entry.file === `media/${entry.sha256}`, where, 'file is not media/ followed by sha256')) return;
  sizes.set(entry.sha256, entry.size);
  checkFile(path.join(folder, 'media', entry.sha256), entry, where);
}

function checkFile(file, entry, where) {
  try {
    const stat = fs.lstatSync(file);
    if (!need(stat.isFile(), where, 'is not a plain file')) return;
    if (!need(stat.size === entry.size, where, 'the file has another size')) return;
    need(hashOfFile(file) === entry.sha256, where, 'the file has another SHA-256');
  } catch (error) {
    problem(where, `the file cannot be read (${error.code ?? 'error'})`);
  }
}

/** Reads by pieces, so that a large file does not fill the memory. */
function hashOfFile(file) {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(1 << 20);
  const handle = fs.openSync(file, 'r');
  try {
    for (let n; (n = fs.readSync(handle, piece)) > 0;) hash.update(piece.subarray(0, n));
  } finally {
    fs.closeSync(handle);
  }
  return hash.digest('hex');
}

function checkWanted(wanted, sizes) {
  for (const { where, sha256: name, size } of wanted) {
    if (!need(sizes.has(name), where, 'media_sha256 of the leaf has no entry in media')) continue;
    need(sizes.get(name) === size, where, 'media_size of the leaf is not the size in media');
  }
  const named = new Set(wanted.map((x) => x.sha256));
  for (const name of sizes.keys()) {
    need(named.has(name), `media/${name}`, 'no leaf names this file');
  }
}

// ---- the whole

function checkEvidence(folder, evidence, known) {
  if (!checkTop(evidence)) return null;
  if (known) checkKnownHead(evidence.tree_head, known);
  need(evidence.messages.length > 0, 'messages', 'there is no message');
  const context = { head: evidence.tree_head, versions: 0, wanted: [], seen: new Set() };
  const sizes = new Map();
  evidence.messages.forEach((message, i) => checkMessage(message, `message ${i + 1}`, context));
  evidence.media.forEach((entry, i) => checkMedia(folder, entry, `media ${i + 1}`, sizes));
  checkWanted(context.wanted, sizes);
  return `${evidence.messages.length} messages, ${context.versions} versions, ${sizes.size} files`;
}

function readArguments(words) {
  const [folder, size, root] = words;
  if (words.length !== 1 && words.length !== 3) throw new Error('usage: node verify-evidence.mjs FOLDER [SIZE ROOT]');
  if (words.length === 1) return { folder, known: null };
  const known = { size: /^\d+$/.test(size) ? Number(size) : NaN, root: root.toLowerCase() };
  if (!isCount(known.size) || !isHex(known.root, 64)) throw new Error('SIZE or ROOT on the command line is not well written');
  return { folder, known };
}

function readEvidence(folder) {
  try {
    return readJson(path.join(folder, 'evidence.json'));
  } catch (error) {
    throw new Error(`evidence.json cannot be read as UTF-8 JSON (${error.code ?? error.name})`);
  }
}

function reject(reason) {
  console.log(`rejected: ${reason}`);
  process.exitCode = 1;
}

function main() {
  const { folder, known } = readArguments(process.argv.slice(2));
  const counts = checkEvidence(folder, readEvidence(folder), known);
  for (const line of problems) console.log(line);
  if (problems.length > 0) return reject(`${problems.length} problem${problems.length > 1 ? 's' : ''}`);
  console.log(`accepted: ${counts}`);
  if (!known) console.log('head not compared: without a head known from elsewhere this evidence is only consistent in itself');
}

try {
  main();
} catch (error) {
  reject(error instanceof Error ? error.message : 'unknown error');
}
