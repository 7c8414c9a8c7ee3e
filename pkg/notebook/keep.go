package notebook

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"reflect"
)

// Keep returns the value kept under name. When there is none it calls compute, keeps its result in a file and returns
// it. So a value outlives its cell:
//
//	low := notebook.Must(notebook.Keep("low", func() (*fit.History, error) { … }))
//
// It is computed again when what it was made from has changed:
//
//   - in a notebook, the code: the cell, and the functions, variables, types and constants of earlier cells that it uses,
//     and those that they use. Comments and layout don't count;
//   - files that this code names in full ("data/patients.csv");
//   - the project's packages behind it, and the versions of all others;
//   - the backend, and the arguments of the program (%args);
//   - inputs. They are compared by content, as deep as they go; functions and channels have none and are an error.
//
// In a function with parameters, pass those that the value depends on as inputs. Then the function counts with what it
// uses, not the cell that calls it, so that every cell that asks for the same gets the same value:
//
//	func trained(rate float64) *fit.History {
//		return notebook.Must(notebook.Keep("trained", func() (*fit.History, error) { … rate … }, rate))
//	}
//
// Parameters and loop variables that compute uses, and that are neither among the inputs nor in the name, are an
// error: one value would stand for all of theirs. What is not noticed: a file or a page whose name is put together, an
// environment variable, the clock, a random number without a seed.
//
// In a script the program as a whole is the code: after any change in it, or in a package, values are computed again.
//
// A value that an earlier kernel or program has kept, or an earlier run of the same cell, comes with a line that says
// so and since when. Values of the same name and other code or inputs are kept beside each other; those that weren't
// asked for the longest go when all of the project's take more than 2 GiB or are more than 2000. See [KeepDir] for where
// they are.
//
// The value is stored with encoding/gob, which keeps NaN and infinities but
// skips unexported fields; a type that would lose some is an error before
// compute runs, unless it has GobEncode or MarshalBinary of its own ([KeepModel]
// is for models). Empty slices and maps come back nil. A damaged file is computed again: one whose first line, of at
// most 64 KiB, doesn't say how long the value behind it is and what its SHA-256 is. Nothing is allocated on the
// file's word beyond its own size and 10 MiB, gob's buffer.
//
// When compute fails, nothing is kept and what it returned, its error too, is returned. When only the
// writing fails, on a full disk for instance, the value is returned all the
// same and a line on standard error says that it was not kept.
func Keep[T any](name string, compute func() (T, error), inputs ...any) (T, error) {
	var zero T
	from, err := whence()
	if err != nil {
		return zero, fmt.Errorf("notebook: keeping %q: %w", name, err)
	}
	file, err := kept(name, reflect.TypeFor[T](), from, inputs)
	if err != nil {
		return zero, err
	}
	value := new(T)
	if head, ok := file.load(value); ok && head.Files == from.filesNow() {
		file.used()
		from.tell(head)
		return *value, nil
	}
	result, err := compute()
	if err != nil {
		return result, err
	}
	if err := file.save(&result, from.head()); err != nil {
		fmt.Fprintf(os.Stderr, "notebook: %q is not kept and will be computed again: %v\n", name, err)
	}
	return result, nil
}

// Recall returns the value that was kept under name, or asked for, last, whatever it was made from. The error wraps
// [fs.ErrNotExist] when there is none.
func Recall[T any](name string) (T, error) {
	var zero T
	file, err := latest(name, reflect.TypeFor[T]())
	if err != nil {
		return zero, err
	}
	value := new(T)
	if head, ok := file.load(value); !ok {
		if head.Type != "" && head.Type != file.kind {
			return zero, fmt.Errorf("notebook: %q keeps a %s, not a %s", name, head.Type, file.kind)
		}
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
	var paths []string
	for _, name := range names {
		if err := checkName(name); err != nil {
			return err
		}
		versions, err := versionsOf(dir, name)
		if err != nil {
			return err
		}
		paths = append(paths, versions...)
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
