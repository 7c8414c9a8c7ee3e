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
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"example.com/unstuck/internal/atomicfile"
)

// A kept file is one line of JSON that says what follows, and the value in gob.
const (
	keepFormat = "unstuck-keep/2"
	maxHead    = 1 << 16
	anyKey     = "" // never a digest
)

type keepHead struct {
	Format  string    `json:"format"`
	Name    string    `json:"name"`
	Type    string    `json:"type"`  // as Go writes it, with its package path
	Shape   string    `json:"shape"` // digest of the type's fields
	Key     string    `json:"key"`   // digest of what the value was made from
	Files   string    `json:"files"` // digest of the files that its code names, after it was made
	Kept    time.Time `json:"kept"`
	Kernel  string    `json:"kernel"`  // the kernel that kept it, "" for a script
	Process string    `json:"process"` // the program that kept it
	Cell    string    `json:"cell"`    // digest of the cell's own code
	Bytes   int64     `json:"bytes"`   // length of the value
	Content string    `json:"content"` // SHA-256 of the value
}

type keepFile struct {
	name, path  string
	kind, shape string
	key         string
}

// kept returns the file of a value of type t, which must be one that survives storing.
func kept(name string, t reflect.Type, from origin, inputs []any) (keepFile, error) {
	k, dir, err := keptAs(name, t)
	if err != nil {
		return keepFile{}, err
	}
	digest, err := digestOf(inputs)
	if err != nil {
		return keepFile{}, fmt.Errorf("notebook: keeping %q: %w", name, err)
	}
	key := sha256.Sum256([]byte(k.kind + "\n" + k.shape + "\n" + from.code + "\n" + digest))
	k.key = hex.EncodeToString(key[:])
	k.path = keepPath(dir, name, k.key)
	return k, nil
}

// latest returns the file of that name that was used last, whatever it is a value of.
func latest(name string, t reflect.Type) (keepFile, error) {
	k, dir, err := keptAs(name, t)
	if err != nil {
		return keepFile{}, err
	}
	versions, err := versionsOf(dir, name)
	if err != nil {
		return keepFile{}, err
	}
	if len(versions) == 0 {
		return keepFile{}, fmt.Errorf("notebook: nothing is kept as %q: run the cell that keeps it first: %w", name, fs.ErrNotExist)
	}
	k.path, k.key = versions[0], anyKey
	return k, nil
}

func keptAs(name string, t reflect.Type) (k keepFile, dir string, err error) {
	if err := checkName(name); err != nil {
		return k, "", err
	}
	if err := storable(t); err != nil {
		return k, "", fmt.Errorf("notebook: %q cannot be kept: %w", name, err)
	}
	dir, err = KeepDir()
	return keepFile{name: name, kind: typeName(t), shape: shapeOf(t)}, dir, err
}

// load reads the value into the pointer to, and tells whether it is the one asked for. A file that is not there, cut
// short, damaged, or not ours is no error: the value can be computed again, and where reading fails, saving will say why.
func (k keepFile) load(to any) (keepHead, bool) {
	f, err := os.Open(k.path)
	if err != nil {
		return keepHead{}, false
	}
	defer f.Close()
	reader := bufio.NewReader(f)
	head, ok := readHead(reader)
	if !ok || head.Name != k.name || head.Type != k.kind || head.Shape != k.shape || k.key != anyKey && head.Key != k.key {
		return head, false
	}
	info, err := f.Stat()
	if err != nil || head.Bytes < 0 || head.Bytes > info.Size() {
		return head, false // claims more than the file holds: never allocate it
	}
	content := make([]byte, head.Bytes)
	if _, err := io.ReadFull(reader, content); err != nil {
		return head, false
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != head.Content {
		return head, false
	}
	return head, gob.NewDecoder(bytes.NewReader(content)).Decode(to) == nil
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
// Of head, what is said about the value itself is filled in.
func (k keepFile) save(value any, head keepHead) error {
	var content bytes.Buffer
	if err := gob.NewEncoder(&content).Encode(value); err != nil {
		return err
	}
	sum := sha256.Sum256(content.Bytes())
	head.Format, head.Name, head.Type, head.Shape, head.Key = keepFormat, k.name, k.kind, k.shape, k.key
	head.Bytes, head.Content = int64(content.Len()), hex.EncodeToString(sum[:])
	line, err := json.Marshal(head)
	if err != nil {
		return err
	}
	root, err := makeKeepDir(filepath.Dir(k.path))
	if err != nil {
		return err
	}
	err = atomicfile.Write(k.path, 0o600, func(w io.Writer) error {
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
		_, err := content.WriteTo(w)
		return err
	})
	if err == nil {
		keptAtMost.evict(root, k.path)
	}
	return err
}

// used notes that the value was asked for: those that weren't for the longest go first.
func (k keepFile) used() {
	now := time.Now()
	os.Chtimes(k.path, now, now) // a folder that can't be written keeps its order
}
