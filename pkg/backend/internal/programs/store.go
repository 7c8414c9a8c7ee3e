// Package programs keeps what XLA has compiled on disk, so that the next process loads it in a tenth of the time.
//
// A [Store] is the folder. [Attach] puts it between go-xla and a PJRT plugin: go-xla binds no function that serializes, so
// the plugin's own function for compiling is replaced by one that looks into the store first.
//
// Entries are native code. The folder belongs to the user alone, and every entry carries its checksum: one that is cut off,
// or that the plugin doesn't take, costs one compilation and nothing else.
package programs

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"example.com/unstuck/internal/atomicfile"
	"example.com/unstuck/internal/ownfolder"
)

// Key names a program: a digest of everything that its compiled form depends on.
type Key [sha256.Size]byte

// Limit is how many bytes a store holds unless it is opened with another limit. A small training takes 100 to 400 KB.
const Limit = 512 << 20

const (
	suffix   = ".program"
	magic    = "unstuck program 1\n"
	maxEntry = 64 << 20
	maxCount = 10_000 // rejected programs take an entry of some bytes each
)

// Store is a folder of compiled programs. Several processes may use one at once. Its methods may be called from several
// goroutines.
type Store struct {
	folder string
	limit  int64

	mu     sync.Mutex
	full   bool // the folder took no entry; not tried again in this process
	unread bool // of the folder's entries none was counted yet
	bytes  int64
	count  int
}

// Open returns the store in folder, which is made if it isn't there. A limit of 0 is [Limit].
//
// It is an error if the folder can't be made, is a link, belongs to another user, or is open to others.
func Open(folder string, limit int64) (*Store, error) {
	if limit <= 0 {
		limit = Limit
	}
	if err := ownfolder.Make(folder); err != nil {
		return nil, err
	}
	return &Store{folder: folder, limit: limit, unread: true}, nil
}

// Folder returns where the entries are.
func (s *Store) Folder() string { return s.folder }

func (s *Store) path(key Key) string {
	return filepath.Join(s.folder, hex.EncodeToString(key[:])+suffix)
}

// Get returns the compiled program of that key; none if there is no whole one. An empty program is one that was rejected:
// see [Store.Reject].
func (s *Store) Get(key Key) ([]byte, bool) {
	path := s.path(key)
	file, err := os.Open(path)
	if err != nil {
		return nil, false
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxEntry+1))
	if err != nil {
		return nil, false
	}
	rest, ok := bytes.CutPrefix(text, []byte(magic))
	if !ok || len(rest) < sha256.Size || len(text) > maxEntry {
		os.Remove(path) // of no use to anybody; where it can't be removed it is in nobody's way
		return nil, false
	}
	content := rest[sha256.Size:]
	if sum(key, content) != [sha256.Size]byte(rest) {
		os.Remove(path)
		return nil, false
	}
	now := time.Now()
	os.Chtimes(path, now, now) // used last now; a read-only folder keeps its order
	return content, true
}

// sum covers the key too: an entry under another one's name is none.
func sum(key Key, content []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write(key[:])
	h.Write(content)
	return [sha256.Size]byte(h.Sum(nil))
}

// Put keeps a compiled program, and lets those go that were used longest ago where there are too many bytes. Programs above
// 64 MiB aren't kept. After an error, a full disk for example, the store takes nothing more in this process.
func (s *Store) Put(key Key, content []byte) error {
	if len(content) > maxEntry-len(magic)-sha256.Size || int64(len(content)) > s.limit/4 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return nil
	}
	check := sum(key, content)
	err := atomicfile.Replace(s.path(key), 0o600, func(w io.Writer) error {
		for _, part := range [][]byte{[]byte(magic), check[:], content} {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.full = true
		return err
	}
	if s.unread {
		return s.trim()
	}
	s.bytes += int64(len(magic) + len(check) + len(content))
	s.count++
	if s.bytes > s.limit || s.count > maxCount {
		return s.trim()
	}
	return nil
}

// Reject notes that the plugin doesn't take the program of that key, so that nobody serializes it again.
func (s *Store) Reject(key Key) error { return s.Put(key, nil) }

// closed tells whether the store takes nothing more.
func (s *Store) closed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.full
}

// Usage counts entries and their bytes.
func (s *Store) Usage() (entries int, size int64, err error) {
	all, err := s.entries()
	for _, e := range all {
		size += e.size
	}
	return len(all), size, err
}

// Clear removes every entry.
func (s *Store) Clear() error {
	all, err := s.entries()
	for _, e := range all {
		if e := os.Remove(e.path); e != nil && !errors.Is(e, fs.ErrNotExist) && err == nil {
			err = e
		}
	}
	return err
}

type entry struct {
	path string
	size int64
	used time.Time
}

func (s *Store) entries() ([]entry, error) {
	names, err := os.ReadDir(s.folder)
	if err != nil {
		return nil, err
	}
	var all []entry
	for _, name := range names {
		info, err := name.Info()
		if err != nil || filepath.Ext(name.Name()) != suffix {
			continue // removed by another process meanwhile, or not ours
		}
		all = append(all, entry{filepath.Join(s.folder, name.Name()), info.Size(), info.ModTime()})
	}
	return all, nil
}

// trim counts the entries anew, as other processes write too, and removes the oldest down to nine tenths of what is allowed,
// lest each new one removes one.
func (s *Store) trim() error {
	all, err := s.entries()
	if err != nil {
		return err
	}
	s.unread, s.bytes, s.count = false, 0, len(all)
	for _, e := range all {
		s.bytes += e.size
	}
	if s.bytes > s.limit || s.count > maxCount {
		slices.SortFunc(all, func(a, b entry) int { return a.used.Compare(b.used) })
		for _, e := range all {
			if s.bytes <= s.limit*9/10 && s.count <= maxCount*9/10 {
				break
			}
			if err := os.Remove(e.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			s.bytes -= e.size
			s.count--
		}
	}
	return s.leftovers()
}

// leftovers removes what killed writers have left behind.
func (s *Store) leftovers() error {
	found, err := filepath.Glob(filepath.Join(s.folder, atomicfile.Temporary+"*"))
	for _, path := range found {
		err = errors.Join(err, atomicfile.RemoveAbandoned(path))
	}
	return err
}
