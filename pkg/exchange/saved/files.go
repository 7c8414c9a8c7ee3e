// Package saved reads a training from the files of a folder: a model as Keras saves it, data, and fit.json with the settings;
// or a program of PyTorch's, data, and training.json with loss, optimizer and settings, as unstuck.save writes them.
package saved

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/unstuck/internal/border"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/keras"
	"example.com/unstuck/pkg/exchange/pictures"
	"example.com/unstuck/pkg/exchange/table"
	"example.com/unstuck/pkg/training"
)

// Files says where a case is read from. The zero value of a field means: not there.
type Files struct {
	Model string // config.json, model.keras or model.h5 as Keras writes them, compiled; or model.pt2 of PyTorch; with weights, the training starts from them
	Data  string // .npz with arrays x and y, or a table: .csv, .tsv, .txt, .data or .parquet; or a folder of pictures with a folder for each class
	Fit   string // JSON with epochs, batch_size, validation_split, class_weight, seed, shuffle; at most 1 MiB. Of a model.pt2 its training.json
	// Validation are rows of their own to validate on, a table as Data is one, or an .npz beside an .npz.
	Validation string
	// Table says of a table what else is found out, and noted in the training's Assumed.
	Table table.Options
	// TargetRow is the shape of a row of targets of a model.pt2 where the loss takes them in another one than Data has, of as many
	// numbers. It is told as an assumption; the loss that was noted, of the shape there, isn't compared. nil: as Data has it.
	TargetRow []int
	// UnknownRowWeights says that rows were weighted in training by what Data doesn't have; all are taken to count alike, and that is told as
	// an assumption that the verdict depends on.
	UnknownRowWeights bool

	foundPair bool // Validation was found beside Data, and nobody asked for it
}

// Find finds the files of a training in a folder: config.json, model.keras, model.h5, model.pt2 or the only file of such a kind, data.npz, data.csv, another table or a
// folder of pictures, and fit.json, which may be missing. What given names already is left alone. Each must be a regular file or a link to one.
func Find(dir string, given Files) (Files, error) {
	if info, err := os.Stat(dir); err != nil {
		return Files{}, err
	} else if !info.IsDir() {
		return Files{}, fmt.Errorf("%s is a file: give the folder that it lies in, with model and data", dir)
	}
	var err error
	if given.Model == "" {
		if given.Model, err = findModel(dir); err != nil {
			return Files{}, err
		}
	}
	if given.Data == "" {
		data, held, err := findData(dir)
		if err != nil {
			return Files{}, err
		}
		given.Data = data
		if given.Validation == "" {
			given.Validation, given.foundPair = held, held != ""
		}
	}
	if given.Fit == "" {
		name := "fit.json"
		if isTorch(given.Model) {
			name = "training.json"
		}
		if given.Fit, err = first(dir, name); err != nil {
			return Files{}, err
		}
	}
	return given, nil
}

// first is the first of the names that the folder holds, as a regular file or a link to one; "" for none. What else goes
// by such a name is an error: a pipe or a device may never end, and a dangling link is no file that isn't there.
func first(dir string, names ...string) (string, error) {
	for _, name := range names {
		path := filepath.Join(dir, name)
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return "", err
		}
		if !info.Mode().IsRegular() {
			return "", fmt.Errorf("%s is not a regular file", path)
		}
		return path, nil
	}
	return "", nil
}

// ReadContext is [Files.Read] that answers a cancel within half a second; what it has begun then ends in the background.
// A panic in it is an error that says so.
func (f Files) ReadContext(ctx context.Context) (training.Training, error) {
	return border.Interruptible(ctx, f.Read)
}

// Read reads a training. Errors name the file, and the place in it: all places of a model that aren't supported, and
// what is wrong with the data and the settings besides. Where only parts of the model weren't understood, the error is a
// [training.Partial], with data and settings.
func (f Files) Read() (training.Training, error) {
	if isTorch(f.Model) {
		return f.readTorch()
	}
	c, unread, err := readModel(f.Model)
	if err != nil {
		return training.Training{}, err
	}
	if c.Data, err = f.readData(&c); err == nil {
		err = readFit(&c, f.Fit)
		if f.UnknownRowWeights {
			c.Assume(training.RowWeightsSetting, "1 each", "class_weight or sample_weight of fit weren't recorded, so this is the unweighted training, not yours")
		}
		f.settleValidation(&c)
	}
	whole := c.Validate
	if unread != nil {
		whole = (&training.Partial{Problems: unread, Training: c}).Validate
	}
	if err == nil {
		if err = whole(); err != nil {
			err = fmt.Errorf("%s with %s: %w", f.Model, f.Data, err)
		}
	}
	if err == nil {
		if missing := c.ClassesWithoutRows(); len(missing) > 0 {
			c.Assume(training.ClassWeightSetting, "without that of "+strings.Trim(fmt.Sprint(missing), "[]"), "no row that is trained on is of such a class")
		}
	}
	switch {
	case unread == nil && err == nil:
		return c, nil
	case unread == nil:
		return training.Training{}, err
	case err != nil:
		return training.Training{}, errors.Join(fmt.Errorf("%s: %w", f.Model, unread), err)
	}
	return training.Training{}, fmt.Errorf("%s: %w", f.Model, &training.Partial{Problems: unread, Training: c})
}

// readModel reads a training without its data, and says what of it wasn't understood.
func readModel(path string) (training.Training, training.Problems, error) {
	read := keras.ReadConfigFile
	switch {
	case path == "":
		return training.Training{}, nil, errors.New("no model is given: a config.json, a model.keras, a model.h5 or a model.pt2")
	case slices.Contains([]string{".keras", ".h5", ".hdf5"}, filepath.Ext(path)):
		read = keras.ReadModel
	}
	d, err := read(path)
	var partial *training.Partial
	if err != nil && !errors.As(err, &partial) {
		return training.Training{}, nil, err
	}
	var t training.Training
	var unread training.Problems
	if partial != nil {
		t, unread = partial.Training, partial.Problems
	} else {
		t = d.Training
	}
	if t.Started() {
		t.From = filepath.Base(path)
	}
	t.Encodings = inFile(t.Encodings, path)
	if t.Loss == nil && !slices.ContainsFunc(unread, keras.OfCompiling) {
		unread = append(unread, training.NotCompiled)
	}
	return t, unread, nil
}

// readData reads what a model with several inputs or outputs takes under their names, and else x and y.
func (f Files) readData(c *training.Training) (dataset.Data, error) {
	path := f.Data
	inputs, outputs := ArrayNames(*c)
	several := len(inputs) > 1 || len(outputs) > 1
	d, err := dataset.Data{}, error(nil)
	if pictures.Is(path) {
		if f.Validation != "" {
			return d, fmt.Errorf("%s: rows to validate on beside pictures can't be read; a validation_split in fit.json takes the last rows", f.Validation)
		}
		return f.readPictures(c)
	}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".npz":
		as := labelsOf(*c)
		if f.Validation != "" && !several {
			d, err = f.readArrayPair(c, as)
		} else if f.Validation != "" {
			err = fmt.Errorf("%s: rows to validate on in an .npz are for a model with one input and one output", f.Validation)
		} else if !several {
			d, err = f.readArrays(c, as)
		} else if d, err = dataset.ReadNPZFrom(path, Sources(*c), as.sources(outputs...)); err != nil {
			err = fmt.Errorf("%w; the model takes %q and gives %q: numpy.savez(path, %s=…)", err, inputs, outputs, strings.Join(append(inputs, outputs...), "=…, "))
		}
		as.note(c)
	case ".csv", ".tsv", ".txt", ".data", ".parquet", ".gz":
		d, err = f.readTable(c)
	case "":
		if path == "" {
			return d, errors.New("no data is given: a .npz with arrays x and y, or a .csv")
		}
		fallthrough
	default:
		return d, fmt.Errorf("%s: data must be a .npz, a table, as .csv or .parquet, or a folder of pictures", path)
	}
	if err == nil {
		NoteLengths(c, d.Inputs())
	}
	return d, err
}
