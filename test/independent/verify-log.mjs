// Verifies a log of CCX with nothing of CCX: Node.js' standard library and the specifications alone.
//
//   node verify-log.mjs <address of the log> [verifier key]
//
// Fetches the first and the last checkpoint that the log has published, verifies the signatures of both
// (C2SP signed-note), that the tree of the last begins with that of the first (RFC 9162 §2.1.4.2), and that the last
// entry of each is in the tree of the last (§2.1.3.2). Ends with 1 when any of it is not so.

import { createHash, createPublicKey, verify } from 'node:crypto';

const [, , address, trusted] = process.argv;
const log = `${address.replace(/\/+$/, '')}/`;

const sha256 = (...parts) =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest();
const leafHash = (leaf) => sha256([0], leaf);
const nodeHash = (left, right) => sha256([1], left, right);
const fromBase64 = (text) => Buffer.from(text, 'base64');

async function get(path) {
  const answer = await fetch(log + path);
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
  return answer;
}
const json = async (path) => (await get(path)).json();

/** The size and the root of a checkpoint that this key has signed. */
function opened(note, vkey) {
  const end = note.lastIndexOf('\n\n');
  const text = note.slice(0, end + 1);
  const [name, id, ...rest] = vkey.split('+');
  const key = fromBase64(rest.join('+'));
  if (key[0] !== 1 || sha256(name, '\n', key).toString('hex', 0, 4) !== id) throw new Error('no key of a log');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.subarray(1).toString('base64url') };
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  const isSigned = note
    .slice(end + 2)
    .split('\n')
    .filter((line) => line.startsWith(`— ${name} `))
    .map((line) => fromBase64(line.split(' ')[2]))
    .some(
      (bytes) => bytes.toString('hex', 0, 4) === id && verify(null, Buffer.from(text), publicKey, bytes.subarray(4)),
    );
  const [origin, size, root] = text.split('\n');
  if (!isSigned || origin !== name) throw new Error('a checkpoint is not signed by the log');
  return { size: Number(size), root: fromBase64(root) };
}

function isIncluded(hash, index, { size, root }, path) {
  let [fn, sn, r] = [index, size - 1, hash];
  for (const p of path) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      r = nodeHash(p, r);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else {
      r = nodeHash(r, p);
    }
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return sn === 0 && r.equals(root);
}

function isConsistent(first, second, proof) {
  if (first.size === second.size) return proof.length === 0 && first.root.equals(second.root);
  const path = Number.isInteger(Math.log2(first.size)) ? [first.root, ...proof] : proof;
  let [fn, sn] = [first.size - 1, second.size - 1];
  while (fn % 2 === 1) [fn, sn] = [fn >> 1, sn >> 1];
  let [fr, sr] = [path[0], path[0]];
  for (const c of path.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [fr, sr] = [nodeHash(c, fr), nodeHash(c, sr)];
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn >> 1, sn >> 1];
    } else {
      sr = nodeHash(sr, c);
    }
    [fn, sn] = [fn >> 1, sn >> 1];
  }
  return sn === 0 && fr.equals(first.root) && sr.equals(second.root);
}

/** The bytes of an entry, out of the bundle of 256 that it is in. */
async function leafAt(index, size) {
  const tile = Math.floor(index / 256);
  const width = Math.min(256, size - tile * 256);
  const groups = String(tile)
    .padStart(Math.ceil(String(tile).length / 3) * 3, '0')
    .match(/.{3}/g);
  const path = groups.map((digits, at) => (at < groups.length - 1 ? `x${digits}` : digits)).join('/');
  const answer = await get(`tile/entries/${path}${width < 256 ? `.p/${width}` : ''}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  let start = 0;
  for (let left = index % 256; left > 0; left--) start += 2 + bytes.readUInt16BE(start);
  return bytes.subarray(start + 2, start + 2 + bytes.readUInt16BE(start));
}

try {
  const vkey = trusted ?? (await json('keys')).keys[0].vkey;
  const [oldest] = (await json('checkpoints')).items;
  const first = opened(oldest.note, vkey);
  const last = opened(await (await get('checkpoint')).text(), vkey);
  console.log(`signed: ${first.size} and ${last.size} entries`);

  const { hashes } = await json(`proofs/consistency?from=${first.size}&to=${last.size}`);
  if (!isConsistent(first, last, hashes.map(fromBase64))) throw new Error('the last does not begin with the first');
  console.log(`consistent: the tree of ${last.size} begins with that of ${first.size}`);

  for (const index of [first.size - 1, last.size - 1]) {
    const proof = await json(`proofs/inclusion?index=${index}&size=${last.size}`);
    const hash = leafHash(await leafAt(index, last.size));
    if (!isIncluded(hash, index, last, proof.hashes.map(fromBase64)))
      throw new Error(`entry ${index} is not in the log`);
    console.log(`included: entry ${index}`);
  }
} catch (error) {
  console.error(`NOT VERIFIED: ${error.message}`);
  process.exitCode = 1;
}
