package dataset

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// ReadArrays reads the arrays of these names, in their order, from an .npz, or the only one from an .npy, whatever its name.
// Others in the archive are left alone. Types and limits are those of [ReadNPZ] and [ReadNPY]; the arrays may have different
// numbers of rows.
func ReadArrays(path string, names []string) ([]Array, error) {
	return ReadArraysFrom(path, Sources(names...))
}

// ReadArraysFrom is [ReadArrays] for arrays that are made of others, those of strings among them.
func ReadArraysFrom(path string, sources []Source) ([]Array, error) {
	read := readArrays
	switch filepath.Ext(path) {
	case ".npy":
		if names := arraysOf(sources); len(names) != 1 {
			return nil, fmt.Errorf("dataset: %s: an .npy has one array, wanted are %s: write an .npz with an array for each, numpy.savez(path, %s=…)", path, list(names), names[0])
		}
		read = readAlone
	case ".npz":
	default:
		return nil, fmt.Errorf("dataset: %s: arrays are read from an .npz or an .npy file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("dataset: %w", err)
	}
	all, err := read(file, info.Size(), sources)
	if err != nil {
		return nil, &fileError{path, err}
	}
	return all, nil
}

// readAlone reads the only array of an .npy.
func readAlone(from io.ReaderAt, size int64, sources []Source) ([]Array, error) {
	all := make([]Array, len(sources))
	for i, s := range sources {
		var err error
		if all[i], err = s.read(func(string) (Array, error) { return readNPY(io.NewSectionReader(from, 0, size), size) },
			func(string) (Texts, error) { return readTexts(io.NewSectionReader(from, 0, size), size) }); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func readArrays(from io.ReaderAt, size int64, sources []Source) ([]Array, error) {
	archive, err := zip.NewReader(from, size)
	if err != nil {
		return nil, fmt.Errorf("not an .npz archive: %w", err)
	}
	if len(archive.File) > maxEntries {
		return nil, fmt.Errorf("%d entries: %w, at most %d are read", len(archive.File), ErrTooLarge, maxEntries)
	}
	return entries(archive, sources, size)
}

// WriteArrays writes arrays under these names as an .npz, all float32, for numpy.load and [ReadArrays] to read. Each must
// be valid ([Array.Validate]). The file appears whole or not at all.
func WriteArrays(path string, names []string, arrays []Array) error {
	if len(names) != len(arrays) || len(names) == 0 {
		return errors.New("dataset: give a name for each array, and at least one")
	}
	for i, a := range arrays {
		if err := a.Validate(); err != nil {
			return fmt.Errorf("dataset: array %q: %w", names[i], err)
		}
	}
	return save(path, func(w io.Writer) error { return writeArrays(w, names, arrays) })
}

func writeArrays(w io.Writer, names []string, arrays []Array) error {
	archive := zip.NewWriter(w)
	for i, a := range arrays {
		if err := writeEntry(archive, names[i], a); err != nil {
			return err
		}
	}
	return archive.Close()
}
