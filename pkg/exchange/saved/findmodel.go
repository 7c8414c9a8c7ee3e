package saved

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"example.com/unstuck/internal/excerpt"
)

// The names that a model has in a folder, those first that are looked for first, and what one of another name ends in.
var (
	modelNames  = []string{"config.json", "model.keras", "model.h5", "model.pt2"}
	otherModels = []string{".keras", ".h5", ".hdf5", ".pt2"}
)

// weightsAlone ends the name of a file that Keras' save_weights writes: there is no model in it.
const weightsAlone = ".weights.h5"

const howToWrite = `model.save("model.keras") of a compiled Keras model writes one, unstuck.save(…) of the Python package one of PyTorch's`

// findModel finds a folder's model: under its usual names, or as the only file that can be one.
func findModel(dir string) (string, error) {
	path, err := first(dir, modelNames...)
	if err != nil || path != "" {
		return path, err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	var all, models []string
	for _, file := range files {
		all = append(all, file.Name())
		if slices.Contains(otherModels, filepath.Ext(file.Name())) && !strings.HasSuffix(file.Name(), weightsAlone) && !file.IsDir() {
			models = append(models, file.Name())
		}
	}
	switch {
	case len(models) == 1:
		return first(dir, models[0])
	case len(models) > 1:
		return "", fmt.Errorf("%s holds several models, %s: name one with --model, or call it %s", dir, listed(models), modelNames[1])
	}
	return "", noModel(fmt.Sprintf("%s holds no model, %s: it may be config.json, model.keras, model.h5 or model.pt2, or one file of such a kind; %s", dir, holding(all), howToWrite))
}

// ErrNoModel is what an error of [Find] is where the folder holds no model.
var ErrNoModel = errors.New("the folder holds no model")

// noModel is such an error, which says what the folder holds.
type noModel string

// Error implements error.
func (n noModel) Error() string { return string(n) }

// Is reports whether the error asked for is [ErrNoModel].
func (n noModel) Is(target error) bool { return target == ErrNoModel }

// holding says what a folder holds.
func holding(names []string) string {
	if len(names) == 0 {
		return "it is empty"
	}
	return "only " + listed(names)
}

// mostNames is how many names of files an error tells.
const mostNames = 8

// listed are names of files as a sentence tells them; quoted are those that aren't plain text, which a terminal may obey.
func listed(names []string) string {
	var told []string
	for i, name := range names {
		if i == mostNames && len(names) > mostNames+1 {
			told = append(told, fmt.Sprintf("%d more", len(names)-i))
			break
		}
		if quoted := strconv.Quote(name); quoted != `"`+name+`"` {
			name = quoted
		}
		told = append(told, excerpt.Of(name, 60))
	}
	if last := len(told) - 1; last > 0 {
		return strings.Join(told[:last], ", ") + " and " + told[last]
	}
	return strings.Join(told, "")
}
