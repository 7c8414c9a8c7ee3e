package callback

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

	"example.com/unstuck/internal/atomicfile"
	"example.com/unstuck/pkg/fit"
)

// CSVLog writes a line for each epoch to a CSV file: its number, the learning rate, and everything that
// can be monitored (see [fit.Run.Names]). Keras: CSVLogger. The file is written anew by each Fit; one that goes
// on from a checkpoint goes on with the file's lines too.
type CSVLog struct {
	Path string // the folder must exist

	names []string
	lines [][]string
}

// Begin implements [fit.Beginner].
func (l *CSVLog) Begin(r *fit.Run) error {
	if l.Path == "" {
		return errors.New("CSVLog: there is no Path")
	}
	if err := atomicfile.RemoveLeftovers(l.Path); err != nil {
		return fmt.Errorf("CSVLog: %w", err)
	}
	l.names = r.Names()
	l.lines = [][]string{append([]string{"epoch", "learning_rate"}, l.names...)}
	return l.write()
}

// EpochEnd implements [fit.EpochEnder].
func (l *CSVLog) EpochEnd(r *fit.Run) error {
	e := r.History.Epochs[len(r.History.Epochs)-1]
	line := []string{strconv.Itoa(e.Number), format(e.LearningRate)}
	for _, name := range l.names {
		v, _ := e.Value(name)
		line = append(line, format(v))
	}
	l.lines = append(l.lines, line)
	return l.write()
}

// End implements [fit.Ender]: a training that had been complete has no more epochs to write.
func (l *CSVLog) End(*fit.Run) error { return l.write() }

// write writes the whole file: a killed training leaves no half a line, a resumed one no line twice.
func (l *CSVLog) write() error {
	err := atomicfile.Replace(l.Path, 0o644, func(w io.Writer) error { return csv.NewWriter(w).WriteAll(l.lines) })
	if err != nil {
		return fmt.Errorf("CSVLog: %w", err)
	}
	return nil
}

func format(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// State implements [fit.Stateful].
func (l *CSVLog) State() ([]byte, error) { return json.Marshal(l.lines) }

// SetState implements [fit.Stateful].
func (l *CSVLog) SetState(state []byte) error { return json.Unmarshal(state, &l.lines) }
