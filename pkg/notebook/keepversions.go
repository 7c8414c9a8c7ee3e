package notebook

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/unstuck/internal/atomicfile"
)

// A kept value's file is called NAME-KEY.kept; the key is made from its type, its inputs, and its code.
const (
	keepSuffix = ".kept"
	keyLength  = 16
)

// checkName refuses a name that is not usable as a file name on every system: it takes letters, digits, and any of "-_. ".
func checkName(name string) error {
	ok := name != "" && len(name) <= 100 && name[0] != '.' && strings.TrimSpace(name) == name
	for _, r := range name {
		ok = ok && (r == '-' || r == '_' || r == '.' || r == ' ' || isLetterOrDigit(r))
	}
	if !ok {
		return fmt.Errorf("notebook: %q cannot name a kept value: use up to 100 letters, digits, '-', '_', '.' or spaces", name)
	}
	return nil
}

func keepPath(dir, name, key string) string {
	return filepath.Join(dir, name+"-"+key[:keyLength]+keepSuffix)
}

// nameIn returns the name of the value in a file, "" when the file is none of ours.
func nameIn(file string) string {
	base, ok := strings.CutSuffix(filepath.Base(file), keepSuffix)
	at := len(base) - keyLength - 1
	if !ok || at < 1 || base[at] != '-' {
		return ""
	}
	return base[:at]
}

// keptFiles lists the values in dir, and what an interrupted writing has left.
func keptFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("notebook: listing kept values: %w", err)
	}
	var paths []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), keepSuffix) || strings.HasPrefix(e.Name(), atomicfile.Temporary) && atomicfile.Abandoned(filepath.Join(dir, e.Name())) {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths, nil
}

// versionsOf lists the files of one name, the one that was used last at the front.
func versionsOf(dir, name string) ([]string, error) {
	paths, err := keptFiles(dir)
	if err != nil {
		return nil, err
	}
	paths = slices.DeleteFunc(paths, func(path string) bool { return nameIn(path) != name })
	used := make(map[string]time.Time, len(paths))
	for _, path := range paths {
		if info, err := os.Stat(path); err == nil {
			used[path] = info.ModTime()
		}
	}
	slices.SortFunc(paths, func(a, b string) int { return used[b].Compare(used[a]) })
	return paths, nil
}

// keepLimits say how much is kept: in a project, all of its notebooks and scripts together.
type keepLimits struct {
	bytes int64
	files int
}

var keptAtMost = keepLimits{bytes: 2 << 30, files: 2000}

// evict removes from root and the folders in it what was used longest ago, until the rest is within the limits. The
// file at newest stays in any case. It fails silently: another kernel may be at the same work.
func (l keepLimits) evict(root, newest string) {
	type entry struct {
		path string
		size int64
		used time.Time
	}
	var entries []entry
	var total int64
	add := func(path string) {
		info, err := os.Stat(path)
		if err != nil {
			return
		}
		if strings.HasPrefix(filepath.Base(path), atomicfile.Temporary) {
			os.Remove(path)
			return
		}
		total += info.Size()
		entries = append(entries, entry{path, info.Size(), info.ModTime()})
	}
	folders, err := os.ReadDir(root)
	if err != nil {
		return
	}
	dirs := []string{root}
	for _, f := range folders {
		if f.IsDir() {
			dirs = append(dirs, filepath.Join(root, f.Name()))
		}
	}
	for _, dir := range dirs {
		paths, _ := keptFiles(dir)
		for _, path := range paths {
			add(path)
		}
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Or(a.used.Compare(b.used), cmp.Compare(a.path, b.path)) })
	count := len(entries)
	for _, e := range entries {
		if total <= l.bytes && count <= l.files {
			return
		}
		if e.path != newest && os.Remove(e.path) == nil {
			total, count = total-e.size, count-1
		}
	}
}
