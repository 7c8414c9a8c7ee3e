package atomicfile

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// prefix begins the names of the temporary files of one path. The path's own name could be too long for that.
func prefix(path string) string {
	return fmt.Sprintf("%s%08x-", Temporary, crc32.ChecksumIEEE([]byte(filepath.Base(path))))
}

// temporary opens a new file beside path and locks it, which tells that its writer lives.
func temporary(path string) (file *os.File, unlock func(), err error) {
	for {
		file, err := os.CreateTemp(filepath.Dir(path), prefix(path)+"*")
		if err != nil {
			return nil, nil, err
		}
		unlock := lock(file)
		// Before the lock, RemoveLeftovers may have taken the file for one that was left.
		opened, err := file.Stat()
		if err != nil {
			unlock()
			file.Close()
			return nil, nil, err
		}
		if there, err := os.Stat(file.Name()); err == nil && os.SameFile(opened, there) {
			return file, unlock, nil
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			unlock()
			file.Close()
			return nil, nil, err
		}
		unlock()
		file.Close()
	}
}

// RemoveLeftovers deletes the temporary files that killed writers of path have left behind. Those of writers that live,
// in this process or another, stay.
func RemoveLeftovers(path string) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // as Write follows it
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix(path)) {
			err = errors.Join(err, RemoveAbandoned(filepath.Join(filepath.Dir(path), e.Name())))
		}
	}
	return err
}

// Abandoned tells whether the writer of a temporary file is gone. Where files can't be locked, on Windows for instance,
// that is one that nobody has written to for a day.
func Abandoned(path string) bool {
	abandoned := false
	_ = ifAbandoned(path, func() error { abandoned = true; return nil })
	return abandoned
}

// RemoveAbandoned removes a temporary file if its writer is gone. It is not enough to ask [Abandoned] first: a writer has its
// file for a moment before it holds the lock.
func RemoveAbandoned(path string) error {
	err := ifAbandoned(path, func() error { return os.Remove(path) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil // renamed or removed meanwhile
	}
	return err
}
