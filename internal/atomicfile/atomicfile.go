// Package atomicfile writes files in one step: whoever opens the path, also after a crash or on a full disk, finds what it
// held before or all of what was written.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Temporary begins the names of the files in which [Write] collects what it writes, in the folder of the path. A process
// that is killed meanwhile leaves one behind: see [RemoveLeftovers] and [Abandoned].
const Temporary = ".partial-"

// Write replaces the file at path by what write writes, and returns when it is on the disk. The file gets the
// permissions of mode, whatever the umask. The folder must exist.
//
// A link is followed. What is no file, such as a terminal or a pipe, is written to as it is.
//
// An error, of write or of the disk, leaves the file as it was, and nothing else behind; it names the path, and says
// what helps when the disk is full.
func Write(path string, mode fs.FileMode, write func(io.Writer) error) error {
	return replace(path, mode, write, true)
}

// Replace is Write without the wait for the disk: what it writes survives a kill of the process, not a crash of the
// machine.
func Replace(path string, mode fs.FileMode, write func(io.Writer) error) error {
	return replace(path, mode, write, false)
}

func replace(path string, mode fs.FileMode, write func(io.Writer) error, sync bool) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing %s: %w", path, Explain(err))
		}
	}()
	target := path
	if info, err := os.Stat(path); err == nil {
		if !info.Mode().IsRegular() {
			return through(path, write)
		}
		if target, err = filepath.EvalSymlinks(path); err != nil {
			return err
		}
	}
	file, unlock, err := temporary(target)
	if err != nil {
		return err
	}
	defer unlock()
	defer func() {
		if err != nil {
			file.Close() // fails if it is closed already; the first error counts
			os.Remove(file.Name())
		}
	}()
	buffered := bufio.NewWriterSize(file, 1<<16)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := file.Chmod(mode); err != nil {
		return err
	}
	if sync {
		if err := file.Sync(); err != nil {
			return err
		}
	}
	if err := file.Close(); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), target); err != nil {
		return err
	}
	if sync {
		syncFolder(filepath.Dir(target))
	}
	return nil
}

// through writes to what can't be replaced. A folder refuses to be opened.
func through(path string, write func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}

// syncFolder makes the renaming itself durable where the system can do so; the content is safe already.
func syncFolder(path string) {
	if folder, err := os.Open(path); err == nil {
		_ = folder.Sync()
		folder.Close()
	}
}

// Explain takes the name of a temporary file, which nobody has chosen, out of an error, and adds what to do about a
// disk that takes no more. errors.Is finds the cause as before.
func Explain(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) {
			return fmt.Errorf("%w; the file is as it was before: free some space, or write to another disk", err)
		}
	}
	return err
}
