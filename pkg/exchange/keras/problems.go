package keras

import (
	"errors"
	"fmt"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/training"
)

// ErrNotKeras reports content that isn't a Keras model at all.
var ErrNotKeras = errors.New("not a Keras model")

// report collects problems while a file is read, so that a reader sees all of them at once.
type report struct {
	backwards string // place of a stack of cells that goes backwards; empty: there is none
	problems  training.Problems
	keras2    bool   // the file was written by Keras 2
	version   string // by which Keras, "2.15.0"; empty: not known
	legacy    bool   // it is a legacy .h5, in which classes have no modules
	masks     bool   // a layer somewhere in the file makes masks

	folder  string         // of the model that is being read, within the file's weights and assets
	numbers map[string]int // how many layers of a class were read in a folder

	batch    int    // how many rows all batches have; 0: the file doesn't say
	stateful string // place of the first layer that is stateful; empty: there is none

	archive *zipped // the .keras file that the model is in; nil: it is elsewhere

	numberTypes    []string // other than float32
	unwrittenDelta bool     // a Huber loss, whose delta Keras leaves out
	eachRow        bool     // a loss that isn't reduced
	wholeInputs    []string // inputs of which Keras makes whole numbers, with their types, before layers that compute with them
}

const maxProblems = 1000

func (r *report) add(path, format string, args ...any) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, training.Problem{Path: excerpt.Of(path, maxText), Text: excerpt.Of(fmt.Sprintf(format, args...), maxText)})
	}
}

// full reports whether there may be problems that nobody noted.
func (r *report) full() bool { return len(r.problems) >= maxProblems }

// maxText bounds the characters of a problem's path and of its text: names in the file may have megabytes.
const maxText = 500

func (r *report) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	return r.problems
}
