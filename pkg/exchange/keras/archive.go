package keras

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"

	"example.com/unstuck/pkg/exchange/keras/internal/h5"
)

// Names of the parts of a .keras file. Others (metadata.json, assets) are left alone.
const (
	configName  = "config.json"
	weightsName = "model.weights.h5"
)

// ReadModel reads a .keras file: the model, how it was compiled, its weights, and the state of the optimizer, or why
// there is none that could be taken over (Description.NoMemory), which is no error.
//
// Errors are those of [ReadConfig]; [ErrNotKeras] also for what isn't a zip file with the parts of a Keras
// model within [MaxConfig] and [MaxWeights]; and weights that are damaged, missing, or more than the layers have.
func ReadModel(path string) (*Description, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("keras: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("keras: %w", err)
	}
	d, err := readArchive(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("keras: %s: %w", path, err)
	}
	return d, nil
}

// ReadModelFrom is [ReadModel] on the content of a file of that size.
func ReadModelFrom(r io.ReaderAt, size int64) (*Description, error) {
	d, err := readArchive(r, size)
	if err != nil {
		return nil, fmt.Errorf("keras: %w", err)
	}
	return d, nil
}

func readArchive(r io.ReaderAt, size int64) (*Description, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%v; a .keras file is a zip file: %w", err, ErrNotKeras)
	}
	config, err := part(z, configName, MaxConfig)
	if err != nil {
		return nil, err
	}
	d, err := readConfig(bytes.NewReader(config))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", configName, err)
	}
	weights, err := part(z, weightsName, MaxWeights)
	if err != nil {
		return nil, err
	}
	file, err := h5.Parse(weights)
	if err == nil {
		err = d.readWeights(file)
	}
	if err == nil {
		d.readMemory(file)
		err = d.adapt()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", weightsName, err)
	}
	return d, nil
}

// part reads one file of the archive into memory, at most limit bytes whatever it claims.
func part(z *zip.Reader, name string, limit int64) ([]byte, error) {
	for _, f := range z.File {
		if f.Name != name {
			continue
		}
		if f.UncompressedSize64 > uint64(limit) {
			return nil, fmt.Errorf("%s has %d bytes, more than %d: %w", name, f.UncompressedSize64, limit, ErrNotKeras)
		}
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("%s: %v: %w", name, err, ErrNotKeras)
		}
		data, err := io.ReadAll(io.LimitReader(r, limit+1))
		if e := r.Close(); err == nil {
			err = e
		}
		switch {
		case err != nil:
			return nil, fmt.Errorf("%s: %v: %w", name, err, ErrNotKeras)
		case int64(len(data)) > limit:
			return nil, fmt.Errorf("%s has more than %d bytes: %w", name, limit, ErrNotKeras)
		}
		return data, nil
	}
	return nil, fmt.Errorf("there is no %s in the zip file: %w", name, ErrNotKeras)
}
