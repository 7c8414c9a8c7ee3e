package keras

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"example.com/unstuck/pkg/exchange/keras/internal/h5"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// Names of the parts of a .keras file. Of others, assets have vocabularies; the rest is left alone.
const (
	configName   = "config.json"
	metadataName = "metadata.json"
	weightsName  = "model.weights.h5"
)

var errNoPart = errors.New("in the zip file")

// ReadModel reads a .keras file, or a legacy .h5 of Keras 2 or 3: the model, how it was compiled, its weights, and the state of the optimizer, or why
// there is none that could be taken over (Description.NoMemory), which is no error.
//
// Errors are those of [ReadConfig], whose [training.Partial] has the weights too where all problems are [OfCompiling];
// [ErrNotKeras] also for what isn't a zip file with the parts of a Keras
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
	if isH5(r) {
		return readLegacy(r, size)
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%v; a .keras file is a zip file, an .h5 an HDF5 file: %w", err, ErrNotKeras)
	}
	config, err := part(z, configName, MaxConfig)
	if err != nil {
		return nil, err
	}
	fields, err := decode(bytes.NewReader(config), MaxConfig)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", configName, err)
	}
	version, err := writtenBy(z)
	if err != nil {
		return nil, err
	}
	file := &zipped{Reader: z}
	d, err := describe(fields, version, file)
	var partial *training.Partial
	if err != nil {
		err = fmt.Errorf("%s: %w", configName, err)
		if !errors.As(err, &partial) || !d.modelRead(partial.Problems) {
			return nil, err
		}
	}
	if e := d.readWeightsPart(file); e != nil {
		return nil, errors.Join(err, e)
	}
	if partial != nil {
		partial.Training = d.Training
		return nil, err
	}
	return d, nil
}

// modelRead reports whether the model was read whole and only how it was compiled wasn't: then its weights are read, too.
func (d *Description) modelRead(unread training.Problems) bool {
	_, missing := nn.FirstUnread(d.Model)
	return !missing && !slices.ContainsFunc(unread, func(p training.Problem) bool { return !OfCompiling(p) })
}

// OfCompiling reports whether a problem lies in how the model was compiled: the model itself isn't concerned.
func OfCompiling(p training.Problem) bool {
	return strings.HasPrefix(p.Path, compileConfig) || strings.HasPrefix(p.Path, trainingConfig)
}

// Where the files say how a model was compiled: Keras 3, and a legacy .h5.
const (
	compileConfig  = "compile_config"
	trainingConfig = "training_config"
)

// writtenBy is the version of the Keras that wrote the file, as its metadata.json says; empty without one.
func writtenBy(z *zip.Reader) (string, error) {
	data, err := part(z, metadataName, MaxConfig)
	if errors.Is(err, errNoPart) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	fields, err := decode(bytes.NewReader(data), MaxConfig)
	if err != nil {
		return "", fmt.Errorf("%s: %w", metadataName, err)
	}
	version, _ := fields["keras_version"].(string)
	return version, nil
}

// zipped is a .keras file.
type zipped struct {
	*zip.Reader
	file *h5.File
}

// weights is the file's model.weights.h5, read once.
func (a *zipped) weights() (*h5.File, error) {
	if a.file != nil {
		return a.file, nil
	}
	content, err := part(a.Reader, weightsName, MaxWeights)
	if err != nil {
		return nil, err
	}
	if a.file, err = h5.Parse(content); err != nil {
		return nil, fmt.Errorf("%s: %w", weightsName, err)
	}
	return a.file, nil
}

// readWeightsPart reads the weights and what the optimizer remembers.
func (d *Description) readWeightsPart(a *zipped) error {
	file, err := a.weights()
	if err != nil {
		return err
	}
	if err = d.readWeights(file); err == nil {
		d.readMemory(file)
		err = d.adapt()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", weightsName, err)
	}
	return nil
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
	return nil, fmt.Errorf("there is no %s %w: %w", name, errNoPart, ErrNotKeras)
}
