// Verifies a checkpoint and its proofs with the packages that verify Go's own checksum database.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type entry struct {
	Index int64
	Leaf  []byte
	Path  [][]byte
}

type earlier struct {
	Size  int64
	Root  []byte
	Proof [][]byte
}

type input struct {
	Vkey       string
	Checkpoint string
	Entries    []entry
	Earlier    []earlier
}

func main() {
	if err := verify(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("verified")
}

func verify() error {
	var in input
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		return err
	}
	verifier, err := note.NewVerifier(in.Vkey)
	if err != nil {
		return err
	}
	opened, err := note.Open([]byte(in.Checkpoint), note.VerifierList(verifier))
	if err != nil {
		return err
	}
	// The body of a checkpoint is that of Go's own tree heads, but for its first line.
	_, rest, _ := strings.Cut(opened.Text, "\n")
	tree, err := tlog.ParseTree([]byte("go.sum database tree\n" + rest))
	if err != nil {
		return err
	}
	for _, e := range in.Entries {
		if err := tlog.CheckRecord(hashes(e.Path), tree.N, tree.Hash, e.Index, tlog.RecordHash(e.Leaf)); err != nil {
			return fmt.Errorf("entry %d: %w", e.Index, err)
		}
	}
	for _, e := range in.Earlier {
		if err := tlog.CheckTree(hashes(e.Proof), tree.N, tree.Hash, e.Size, tlog.Hash(e.Root)); err != nil {
			return fmt.Errorf("size %d: %w", e.Size, err)
		}
	}
	return nil
}

func hashes(list [][]byte) []tlog.Hash {
	out := make([]tlog.Hash, len(list))
	for i, bytes := range list {
		copy(out[i][:], bytes)
	}
	return out
}
