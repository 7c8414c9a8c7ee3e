package notebook

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"example.com/unstuck/internal/atomicfile"
)

// Keep returns the value kept under name. When there is none it calls compute,
// keeps its result in a file and returns it. So a value outlives its cell:
//
//	low := notebook.Must(notebook.Keep("low", func() (fit.History, error) { … }))
//
// inputs say what the value depends on: when one of them differs from the time
// the value was kept, it is computed again. They are compared by content, as
// deep as they go; functions and channels have none and are an error. Changes
// to compute itself are not noticed: [Forget] the value then.
//
// The value is stored with encoding/gob, which keeps NaN and infinities but
// skips unexported fields; a type that would lose some is an error before
// compute runs, unless it has GobEncode or MarshalBinary of its own ([KeepModel]
// is for models). Empty slices and maps come back nil. A value of another type under the same name
// is an error; a type whose fields have changed since is computed again, as is
// a damaged file: one whose first line, of at most 64 KiB, doesn't say how long
// the value behind it is and what its SHA-256 is. Nothing is allocated on the
// file's word beyond its own size and 10 MiB, gob's buffer.
//
// When compute fails, nothing is kept and its error is returned. When only the
// writing fails, on a full disk for instance, the value is returned all the
// same and a line on standard error says that it was not kept.
func Keep[T any](name string, compute func() (T, error), inputs ...any) (T, error) {
	var zero T
	file, err := kept(name, reflect.TypeFor[T]())
	if err != nil {
		return zero, err
	}
	digest, err := digestOf(inputs)
	if err != nil {
		return zero, fmt.Errorf("notebook: keeping %q: %w", name, err)
	}
	value := new(T)
	switch state, err := file.load(value, digest); {
	case err != nil:
		return zero, err
	case state == fresh:
		return *value, nil
	}
	result, err := compute()
	if err != nil {
		return zero, err
	}
	if err := file.save(&result, digest); err != nil {
		fmt.Fprintf(os.Stderr, "notebook: %q is not kept and will be computed again: %v\n", name, err)
	}
	return result, nil
}

// Recall returns the value that an earlier cell has kept under name, whatever
// its inputs were. The error wraps [fs.ErrNotExist] when there is none.
func Recall[T any](name string) (T, error) {
	var zero T
	file, err := kept(name, reflect.TypeFor[T]())
	if err != nil {
		return zero, err
	}
	value := new(T)
	state, err := file.load(value, anyInputs)
	if err != nil {
		return zero, err
	}
	if state != fresh {
		return zero, fmt.Errorf("notebook: nothing usable is kept as %q: run the cell that keeps it first: %w", name, fs.ErrNotExist)
	}
	return *value, nil
}

// Forget removes the values kept under the given names, or every value of this
// notebook when no name is given. Names that keep nothing are no error.
func Forget(names ...string) error {
	dir, err := KeepDir()
	if err != nil {
		return err
	}
	paths := make([]string, len(names))
	for i, name := range names {
		if paths[i], err = keepPath(dir, name); err != nil {
			return err
		}
	}
	if len(names) == 0 {
		if paths, err = keptFiles(dir); err != nil {
			return err
		}
	}
	for _, path := range paths {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("notebook: forgetting: %w", err)
		}
	}
	return nil
}

const keepSuffix = ".kept"

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

// keepPath returns the file of a name, which must be usable as a file name on
// every system: letters, digits, and any of "-_. ".
func keepPath(dir, name string) (string, error) {
	ok := name != "" && len(name) <= 100 && name[0] != '.' && strings.TrimSpace(name) == name
	for _, r := range name {
		ok = ok && (r == '-' || r == '_' || r == '.' || r == ' ' || isLetterOrDigit(r))
	}
	if !ok {
		return "", fmt.Errorf("notebook: %q cannot name a kept value: use up to 100 letters, digits, '-', '_', '.' or spaces", name)
	}
	return filepath.Join(dir, name+keepSuffix), nil
}
