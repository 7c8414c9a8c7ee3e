package fit

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"

	"example.com/unstuck/internal/whole"
)

// writeAtomically writes a file such that whoever opens path, whenever, also after a crash of the machine,
// finds the old contents or the new, complete: they are written to another file of the same folder,
// brought to the disk, and renamed.
func writeAtomically(path string, write func(io.Writer) error) error {
	if err := replaceFile(path, write, (*os.File).Sync); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// replaceFile is writeAtomically without the wait for the disk: it survives a kill of the process, not a
// crash of the machine. sync is what to do with the written file; nil: nothing.
func replaceFile(path string, write func(io.Writer) error, sync func(*os.File) error) error {
	temporary := fmt.Sprintf("%s%s%08x", path, temporaryMark, rand.Uint32())
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, whole.Explain(err))
	}
	err = writeBuffered(f, write)
	if err == nil && sync != nil {
		err = sync(f)
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing %s: %w", path, whole.Explain(err)), os.Remove(temporary))
	}
	if err := os.Rename(temporary, path); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return nil
}

func writeBuffered(f *os.File, write func(io.Writer) error) error {
	w := bufio.NewWriterSize(f, 1<<16)
	if err := write(w); err != nil {
		return err
	}
	return w.Flush()
}

const temporaryMark = ".writing-"

// syncFolder brings a rename to the disk. Windows has no such call for folders.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// removeLeftovers deletes what writers of path that were killed have left behind.
func removeLeftovers(path string) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	prefix := filepath.Base(path) + temporaryMark
	for _, e := range entries {
		if name := e.Name(); len(name) == len(prefix)+8 && name[:len(prefix)] == prefix {
			err = errors.Join(err, os.Remove(filepath.Join(filepath.Dir(path), name)))
		}
	}
	return err
}
