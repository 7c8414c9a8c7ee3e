package backend

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"example.com/unstuck/internal/atomicfile"
)

// record is what verifying a plugin found out. It holds for exactly the file it describes: replaced,
// touched or moved, the file is verified again. Only success is recorded.
type record struct {
	Identity identity `json:"identity"`
	SHA256   string   `json:"sha256"`
	Trial    trial    `json:"trial"`
}

// identity tells one state of a file from any other without reading it.
type identity struct {
	Path     string `json:"path"`
	Size     int64  `json:"size"`
	Modified int64  `json:"modified_ns"`
	Inode    uint64 `json:"inode"`
	Changed  int64  `json:"changed_ns"` // of the inode, which nobody can set back; 0 where unknown
}

func identityOf(path string) (identity, error) {
	info, err := os.Stat(path)
	if err != nil {
		return identity{}, err
	}
	id := identity{Path: path, Size: info.Size(), Modified: info.ModTime().UnixNano()}
	id.Inode, id.Changed = inodeOf(info)
	return id, nil
}

// recordFiles lists where the record of a plugin may lie: in the project that it belongs to, so that one
// installation verifies for all, else in the user's cache, where a read-only project's goes too.
func recordFiles(p Plugin, cache string) []string {
	sum := sha256.Sum256([]byte(p.Path))
	name := hex.EncodeToString(sum[:8]) + ".json"
	var files []string
	if p.project != "" {
		files = append(files, filepath.Join(p.project, ".lab", "plugins", name))
	}
	if cache != "" {
		files = append(files, filepath.Join(cache, name))
	}
	return files
}

// loadRecord returns the record of exactly this state of the file, if there is one. An unreadable record
// counts as none.
func loadRecord(files []string, id identity) (record, bool) {
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		var r record
		if json.Unmarshal(text, &r) == nil && r.Identity == id && r.Trial.API != "" && r.Trial.Programs != nil {
			return r, true
		}
	}
	return record{}, false
}

// saveRecord writes the record to the first place that takes it. Where none does, the next process verifies
// again; that costs time, not safety.
func saveRecord(files []string, r record) {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return
	}
	for _, file := range files {
		if writeWhole(file, append(text, '\n')) == nil {
			return
		}
	}
}

// writeWhole replaces a file in one step, so that processes that start together never read half of it; other users of the
// project read it too.
func writeWhole(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return atomicfile.Replace(path, 0o644, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}
