package notebook

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"

	"example.com/unstuck/internal/atomicfile"
)

// A kept file is one line of JSON that says what follows, and the value in gob.
const (
	keepFormat = "unstuck-keep/1"
	maxHead    = 1 << 16
	anyInputs  = "" // never a digest
)

type keepHead struct {
	Format  string `json:"format"`
	Type    string `json:"type"`    // as Go writes it, with its package path
	Shape   string `json:"shape"`   // digest of the type's fields
	Inputs  string `json:"inputs"`  // digest of the declared inputs
	Bytes   int64  `json:"bytes"`   // length of the value
	Content string `json:"content"` // SHA-256 of the value
}

type keepFile struct {
	name, path  string
	kind, shape string
}

// state says whether a kept value can be used.
type state int

const (
	absent state = iota
	stale        // of other inputs, of an older form of its type, or damaged
	fresh
)

// kept returns the file of a value of type t, which must be one that survives
// storing.
func kept(name string, t reflect.Type) (keepFile, error) {
	dir, err := KeepDir()
	if err != nil {
		return keepFile{}, err
	}
	path, err := keepPath(dir, name)
	if err != nil {
		return keepFile{}, err
	}
	if err := storable(t); err != nil {
		return keepFile{}, fmt.Errorf("notebook: %q cannot be kept: %w", name, err)
	}
	return keepFile{name: name, path: path, kind: typeName(t), shape: shapeOf(t)}, nil
}

// load reads the value into the pointer to. A file that is cut short, damaged
// or not ours is stale, not an error: the value can be computed again.
func (k keepFile) load(to any, inputs string) (state, error) {
	f, err := os.Open(k.path)
	if err != nil {
		return absent, nil // where reading fails, saving will say why
	}
	defer f.Close()
	reader := bufio.NewReader(f)
	head, ok := readHead(reader)
	if !ok {
		return stale, nil
	}
	if head.Type != k.kind {
		return stale, fmt.Errorf("notebook: %q keeps a %s, not a %s: choose another name, or forget the old value with notebook.Forget(%q)",
			k.name, head.Type, k.kind, k.name)
	}
	if head.Shape != k.shape || (inputs != anyInputs && head.Inputs != inputs) {
		return stale, nil
	}
	info, err := f.Stat()
	if err != nil || head.Bytes < 0 || head.Bytes > info.Size() {
		return stale, nil // claims more than the file holds: never allocate it
	}
	content := make([]byte, head.Bytes)
	if _, err := io.ReadFull(reader, content); err != nil {
		return stale, nil
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != head.Content {
		return stale, nil
	}
	if err := gob.NewDecoder(bytes.NewReader(content)).Decode(to); err != nil {
		return stale, nil
	}
	return fresh, nil
}

func readHead(r *bufio.Reader) (keepHead, bool) {
	var head keepHead
	var raw []byte
	for len(raw) < maxHead {
		b, err := r.ReadByte()
		if err != nil {
			return head, false
		}
		if b == '\n' {
			return head, json.Unmarshal(raw, &head) == nil && head.Format == keepFormat
		}
		raw = append(raw, b)
	}
	return head, false
}

// save writes the value beside its place and moves it there in one step, so
// that a crash leaves the old value or the new one and nothing in between.
func (k keepFile) save(value any, inputs string) error {
	var content bytes.Buffer
	if err := gob.NewEncoder(&content).Encode(value); err != nil {
		return err
	}
	sum := sha256.Sum256(content.Bytes())
	head, err := json.Marshal(keepHead{
		Format: keepFormat, Type: k.kind, Shape: k.shape, Inputs: inputs,
		Bytes: int64(content.Len()), Content: hex.EncodeToString(sum[:]),
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(k.path), 0o700); err != nil {
		return err
	}
	return atomicfile.Write(k.path, 0o600, func(w io.Writer) error {
		if _, err := w.Write(append(head, '\n')); err != nil {
			return err
		}
		_, err := content.WriteTo(w)
		return err
	})
}
