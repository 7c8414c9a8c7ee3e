package dataset

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// ReadNPZ reads data as numpy.savez(path, x=…, y=…) or savez_compressed wrote it: X from the array "x", Y
// from "y", and SampleWeight from "sample_weight", one number a row, if there is one. Other arrays are left
// alone. The arrays' types and limits are those of [ReadNPY], for each of them; an archive of more than
// 1,024 entries, or one whose entries claim more than deflate can compress, is refused.
//
// Shapes are checked as by [Data.ValidateShapes]; NaN and infinities pass, for [Data.Validate] to find.
func ReadNPZ(path string) (Data, error) { return ReadNPZNamed(path, []string{"x"}, []string{"y"}) }

// ReadNPZNamed is [ReadNPZ] for arrays of other names, of models with several inputs or outputs: the first of inputs
// becomes X and the others MoreX, in this order, the first of outputs Y and the others MoreY. Both need one at least.
func ReadNPZNamed(path string, inputs, outputs []string) (Data, error) {
	return ReadNPZFrom(path, Sources(inputs...), Sources(outputs...))
}

// ReadNPZFrom is [ReadNPZNamed] for inputs and outputs that are made of arrays, those of strings among them.
func ReadNPZFrom(path string, inputs, outputs []Source) (Data, error) {
	if len(inputs) == 0 || len(outputs) == 0 {
		return Data{}, errors.New("dataset: name at least one input and one output to read")
	}
	file, err := os.Open(path)
	if err != nil {
		return Data{}, fmt.Errorf("dataset: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Data{}, fmt.Errorf("dataset: %w", err)
	}
	d, err := readNPZ(file, info.Size(), inputs, outputs)
	if err != nil {
		return Data{}, &fileError{path, err}
	}
	return d, nil
}

func readNPZ(from io.ReaderAt, size int64, inputs, outputs []Source) (Data, error) {
	archive, err := zip.NewReader(from, size)
	if err != nil {
		return Data{}, fmt.Errorf("not an .npz archive: %w", err)
	}
	if len(archive.File) > maxEntries {
		return Data{}, fmt.Errorf("%d entries: %w, at most %d are read", len(archive.File), ErrTooLarge, maxEntries)
	}
	xs, err := entries(archive, inputs, size)
	if err != nil {
		return Data{}, err
	}
	ys, err := entries(archive, outputs, size)
	if err != nil {
		return Data{}, err
	}
	d := Of(xs, ys)
	weights, err := entry(archive, "sample_weight", size, readNPY)
	switch {
	case errors.Is(err, errNoEntry):
	case err != nil:
		return Data{}, err
	default:
		d.SampleWeight = weights.Values
	}
	return d, d.ValidateShapes()
}

func entries(archive *zip.Reader, sources []Source, size int64) ([]Array, error) {
	all := make([]Array, len(sources))
	for i, from := range sources {
		var err error
		if all[i], err = from.read(func(name string) (Array, error) { return entry(archive, name, size, readNPY) },
			func(name string) (Texts, error) { return entry(archive, name, size, readTexts) }); err != nil {
			return nil, err
		}
	}
	return all, nil
}

var errNoEntry = errors.New("there is no such array")

// entry reads one array of the archive.
func entry[T any](archive *zip.Reader, name string, size int64, read func(io.Reader, int64) (T, error)) (a T, err error) {
	var names []string
	for _, f := range archive.File {
		if f.Name != name+".npy" {
			names = append(names, strings.TrimSuffix(f.Name, ".npy"))
			continue
		}
		// The directory may lie about both sizes; what lies in the file can't be more than the file.
		packed := min(f.CompressedSize64, uint64(size))
		if f.UncompressedSize64 > (packed+1)*deflateRatio {
			return a, fmt.Errorf("array %q claims %d bytes out of %d: %w", name, f.UncompressedSize64, packed, ErrTooLarge)
		}
		content, err := f.Open()
		if err != nil {
			return a, fmt.Errorf("array %q can't be opened: %w", name, err)
		}
		defer content.Close()
		whole, err := read(content, int64(f.UncompressedSize64))
		if err != nil {
			return a, fmt.Errorf("array %q: %w", name, err)
		}
		// Only the end of an entry shows whether its checksum is right.
		if _, err := io.Copy(io.Discard, io.LimitReader(content, maxHeader)); err != nil {
			return a, fmt.Errorf("array %q is damaged: %w", name, err)
		}
		return whole, nil
	}
	return a, fmt.Errorf("array %q: %w; there are %s. Write it with numpy.savez(path, x=…, y=…)", name, errNoEntry, list(names))
}
