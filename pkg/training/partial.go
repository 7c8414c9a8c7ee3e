package training

import (
	"errors"
	"fmt"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// Problem is one place of a file that a reader doesn't support, or that makes no sense.
type Problem struct {
	Path string `json:"path"` // where in the file: "config.layers[1].config.recurrent_dropout"
	Text string `json:"text"` // what is wrong there
}

// Error is "path: text".
func (p Problem) Error() string { return p.Path + ": " + p.Text }

// NotCompiled is the problem of a model that was saved before it had a loss and an optimizer, and of nothing else.
var NotCompiled = Problem{Path: "compile_config", Text: "is missing: save the model after model.compile(optimizer, loss)"}

// Problems is everything that keeps a file from being read whole, in the order of the file. Readers return it,
// wrapped with the file's name; get at it with errors.As.
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

// Partial is the error of a reader that didn't understand all of a training: what it didn't, and what it did. Get at it
// with errors.As; the doctor's ExaminePartial says what that much already shows.
type Partial struct {
	Problems Problems // at least one
	// Training has what was understood. It is there to be looked at, not to be run: it isn't what the file describes. A layer
	// that wasn't understood is an [nn.Unread] in its place of the Model, and so is the Model where it couldn't be put
	// together; Loss is nil and Optimizer has no rule where they weren't. [Training.Validate] refuses all of these. Data
	// are as the reader found them, none where it reads models alone.
	Training Training
}

// Error is that of the Problems.
func (p *Partial) Error() string { return p.Problems.Error() }

// Unwrap gives the Problems.
func (p *Partial) Unwrap() error { return p.Problems }

// Validate refuses what can't even be looked at: no problem, data without rows or of shapes that don't fit each other
// or the inputs and outputs of the model, and settings out of their range. It says nothing of whether what was understood
// makes sense.
func (p *Partial) Validate() error {
	t := p.Training
	switch {
	case len(p.Problems) == 0:
		return errors.New("training: nothing was left unread: it is a whole training")
	case t.Model == nil:
		return errors.New("training: there is no model, not even an nn.Unread in its place")
	}
	if err := t.checkSettings(); err != nil {
		return fmt.Errorf("training: %w", err)
	}
	_, unread := t.Model.(nn.Unread) // of which nothing is known
	if err := t.checkData(!unread); err != nil {
		return fmt.Errorf("training: %w", err)
	}
	return nil
}
