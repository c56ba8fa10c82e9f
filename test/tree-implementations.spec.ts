import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { RFC9162 } from '@transmute/rfc9162';

import { checkpointText, isSignedBy, parseNote, signNote } from '../src/audit/note.js';
import {
  consistencyProof,
  type HashReader,
  inclusionProof,
  leafHashOf,
  rootAt,
  rootOf,
  type TreeNode,
  verifyConsistency,
  verifyInclusion,
} from '../src/audit/tree.js';
import { makeSignerKey, parseSignerKey } from '../src/platform/crypto/note-signer.js';

const leaves = Array.from({ length: 600 }, (_, index) => Buffer.from(`leaf ${index}`));
const hashes = leaves.map(leafHashOf);
const reader: HashReader = {
  hashesOf: (nodes: readonly TreeNode[]) =>
    nodes.map(({ level, index }) => rootOf(hashes.slice(index * 2 ** level, (index + 1) * 2 ** level))),
};

/** Places and sizes at which trees begin and end to have other shapes. */
const pairs = [1, 2, 3, 4, 5, 7, 8, 9, 31, 33].flatMap((size) =>
  [0, 1, 2, 3, 6, 7, 8, 30, 31].filter((place) => place < size).map((place) => [place, size] as const),
);

describe('another implementation of RFC 9162', () => {
  it('has the same roots and proofs, and takes ours', async () => {
    for (const [place, size] of pairs) {
      const entries = leaves.slice(0, size).map((leaf) => new Uint8Array(leaf));
      const root = await rootAt(size, reader);
      expect(Buffer.from(await RFC9162.treeHead(entries))).toEqual(root);
      const theirs = await RFC9162.inclusionProof(entries[place]!, entries);
      const ours = await inclusionProof(place, size, reader);
      expect(theirs.inclusion_path.map((hash) => Buffer.from(hash))).toEqual(ours);
      expect(await RFC9162.verifyInclusionProof(root, hashes[place]!, { ...theirs, inclusion_path: ours })).toBe(true);
      expect(verifyInclusion(hashes[place]!, { index: place, size, root }, ours)).toBe(true);

      if (place === 0) continue;
      const before = await rootAt(place, reader);
      const asked = { log_id: '', tree_size: place, leaf_index: 0, inclusion_path: [] };
      const consistency = await RFC9162.consistencyProof(asked, entries);
      const proof = await consistencyProof(place, size, reader);
      // It leaves the root of a power of two in the proof, which RFC 9162 §2.1.4.1 leaves out and verifiers put back.
      const whole = Number.isInteger(Math.log2(place)) ? [before, ...proof] : proof;
      expect(consistency.consistency_path.map((hash) => Buffer.from(hash))).toEqual(whole);
      const asTheirs = { ...consistency, consistency_path: whole };
      expect(await RFC9162.verifyConsistencyProof(before, root, asTheirs)).toBe(true);
      expect(verifyConsistency({ size: place, root: before }, { size, root }, proof)).toBe(true);
    }
  });
});

const go = ['go', '/usr/local/go/bin/go'].find((name) => spawnSync(name, ['version']).status === 0);
const sumdb = go && join(spawnSync(go, ['env', 'GOROOT']).stdout.toString().trim(), 'src/cmd/vendor/golang.org/x/mod');
const hasGo = sumdb !== undefined && existsSync(join(sumdb, 'sumdb/tlog/tlog.go'));
if (!hasGo) console.log('Skipped: there is no Go toolchain with sumdb/tlog and sumdb/note to compare the log with.');

/** Go's checksum database: `tlog` checks our proofs and makes the same ones, `note` reads our notes and writes one. */
const PROGRAM = `package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proof struct {
	From, Size        int64
	Before, Root, Leaf tlog.Hash
	Inclusion, Consistency []tlog.Hash
}

type input struct {
	Leaves     []string
	Proofs     []proof
	Note, Vkey, Skey, Text string
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func same(what string, a, b []tlog.Hash) {
	if len(a) != len(b) {
		check(fmt.Errorf("%s: %d and %d hashes", what, len(a), len(b)))
	}
	for i := range a {
		if a[i] != b[i] {
			check(fmt.Errorf("%s: hash %d differs", what, i))
		}
	}
}

func main() {
	var in input
	check(json.NewDecoder(os.Stdin).Decode(&in))
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range indexes {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for n, leaf := range in.Leaves {
		hashes, err := tlog.StoredHashes(int64(n), []byte(leaf), read)
		check(err)
		stored = append(stored, hashes...)
	}
	for _, p := range in.Proofs {
		root, err := tlog.TreeHash(p.Size, read)
		check(err)
		if root != p.Root {
			check(fmt.Errorf("root of %d differs", p.Size))
		}
		check(tlog.CheckRecord(p.Inclusion, p.Size, p.Root, p.From, p.Leaf))
		record, err := tlog.ProveRecord(p.Size, p.From, read)
		check(err)
		same("inclusion", record, p.Inclusion)
		if p.From == 0 {
			continue
		}
		check(tlog.CheckTree(p.Consistency, p.Size, p.Root, p.From, p.Before))
		tree, err := tlog.ProveTree(p.Size, p.From, read)
		check(err)
		same("consistency", tree, p.Consistency)
	}
	verifier, err := note.NewVerifier(in.Vkey)
	check(err)
	opened, err := note.Open([]byte(in.Note), note.VerifierList(verifier))
	check(err)
	signer, err := note.NewSigner(in.Skey)
	check(err)
	signed, err := note.Sign(&note.Note{Text: opened.Text}, signer)
	check(err)
	os.Stdout.Write(signed)
}
`;

(hasGo ? describe : describe.skip)('Go’s sumdb/tlog and sumdb/note', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ccx-go-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('make the same proofs, take ours, read our notes, and sign the same bytes', async () => {
    writeFileSync(join(folder, 'main.go'), PROGRAM);
    // The sources that Go ships have no go.mod: an overlay gives them one, and nothing is copied or fetched.
    writeFileSync(join(folder, 'sumdb.mod'), 'module golang.org/x/mod\n\ngo 1.23\n');
    writeFileSync(
      join(folder, 'go.mod'),
      `module ccx.test\n\ngo 1.23\n\nrequire golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ${sumdb}\n`,
    );
    const overlay = { Replace: { [join(sumdb!, 'go.mod')]: join(folder, 'sumdb.mod') } };
    writeFileSync(join(folder, 'overlay.json'), JSON.stringify(overlay));

    const text = (hash: Buffer) => hash.toString('base64');
    const proofs = await Promise.all(
      [...pairs, [255, 256], [256, 257], [255, 600], [512, 600]].map(async ([from, size]) => ({
        From: from,
        Size: size,
        Before: text(await rootAt(from, reader)),
        Root: text(await rootAt(size, reader)),
        Leaf: text(hashes[from]!),
        Inclusion: (await inclusionProof(from, size, reader)).map(text),
        Consistency: (await consistencyProof(from, size, reader)).map(text),
      })),
    );
    const key = makeSignerKey('ccx.example/log/v1');
    const signer = parseSignerKey(key)!;
    const note = signNote(checkpointText({ origin: signer.name, size: 600, root: await rootAt(600, reader) }), [
      signer,
    ]);
    const input = { Leaves: leaves.map(String), Proofs: proofs, Note: note, Vkey: signer.vkey, Skey: key };

    const ran = spawnSync(go!, ['run', '-overlay', 'overlay.json', '.'], {
      cwd: folder,
      input: JSON.stringify(input),
      env: { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOWORK: 'off', GOSUMDB: 'off', GOTOOLCHAIN: 'local' },
    });
    expect([ran.stderr.toString(), ran.status]).toEqual(['', 0]);
    expect(ran.stdout.toString()).toBe(note);
    expect(isSignedBy(parseNote(ran.stdout.toString())!, signer)).toBe(true);
  }, 180_000);
});
