package keras

import (
	"errors"
	"fmt"
	"strings"

	"example.com/unstuck/internal/excerpt"
)

// Problem is one thing in a file that isn't supported or makes no sense.
type Problem struct {
	Path string // where in the file: "config.layers[1].config.recurrent_dropout"
	Text string // what is wrong there
}

// Error is "path: text".
func (p Problem) Error() string { return p.Path + ": " + p.Text }

// Problems is everything that keeps a file from being read, in the order of the file. Functions of this
// package return it, wrapped with the file's name; get at it with errors.As.
type Problems []Problem

// Error lists the problems, one a line; the first ten of them.
func (p Problems) Error() string {
	const most = 10
	lines := make([]string, 0, most+1)
	for i, one := range p {
		if i == most {
			lines = append(lines, fmt.Sprintf("and %d more", len(p)-most))
			break
		}
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}

// ErrNotKeras reports content that isn't a Keras model at all.
var ErrNotKeras = errors.New("not a Keras model")

// report collects problems while a file is read, so that a reader sees all of them at once.
type report struct {
	backwards string // place of a stack of cells that goes backwards; empty: there is none
	problems  Problems
	keras2    bool // the file was written by Keras 2
}

const maxProblems = 1000

func (r *report) add(path, format string, args ...any) {
	if len(r.problems) < maxProblems {
		r.problems = append(r.problems, Problem{excerpt.Of(path, maxText), excerpt.Of(fmt.Sprintf(format, args...), maxText)})
	}
}

// maxText bounds the characters of a problem's path and of its text: names in the file may have megabytes.
const maxText = 500

func (r *report) err() error {
	if len(r.problems) == 0 {
		return nil
	}
	return r.problems
}
