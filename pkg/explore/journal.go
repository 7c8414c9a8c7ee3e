package explore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strconv"
	"time"

	"example.com/unstuck/pkg/training"
)

// journal is the file of a search: JSON Lines, one for each trial. Nil has no file.
type journal struct {
	file     *os.File
	training string // digest of the training and how it is run
	score    string // the monitored number
	known    map[string]Trial
}

// line is a trial in the file.
type line struct {
	Training   string    `json:"training"`
	Monitor    string    `json:"monitor"`
	Settings   []Setting `json:"settings"`
	Seed       int64     `json:"seed"`
	Score      float     `json:"score"`
	Loss       []float   `json:"loss"`
	Validation []float   `json:"val_loss,omitempty"`
	Stopped    string    `json:"stopped,omitempty"`
	Err        string    `json:"error,omitempty"`
	Seconds    float64   `json:"seconds"`
}

// lineBegin is how every line begins.
const lineBegin = `{"training":"`

func openJournal(path string, t training.Training, r Run, monitor string) (*journal, error) {
	if path == "" {
		return nil, nil
	}
	key, err := digest(t, r)
	if err != nil {
		return nil, err
	}
	j := &journal{training: key, score: monitor, known: map[string]Trial{}}
	whole, err := j.read(path)
	if err != nil {
		return nil, err
	}
	if j.file, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644); err != nil {
		return nil, err
	}
	// A search that was killed while it wrote has left half a line.
	if err := j.file.Truncate(whole); err != nil {
		return nil, errors.Join(err, j.file.Close())
	}
	return j, nil
}

// read takes the trials of the same training up, and returns the length of the whole lines.
func (j *journal) read(path string) (whole int64, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	end := bytes.LastIndexByte(text, '\n') + 1
	text, torn := text[:end], text[end:]
	if n := min(len(torn), len(lineBegin)); string(torn[:n]) != lineBegin[:n] {
		return 0, fmt.Errorf("%s: its last line is no trial of a search", path)
	}
	n := 0
	for one := range bytes.Lines(text) {
		n++
		var l line
		if err := json.Unmarshal(one, &l); err != nil {
			return 0, fmt.Errorf("%s, line %d is no trial of a search: %w", path, n, err)
		}
		if l.Training == j.training && l.Monitor == j.score && l.Err == "" {
			j.known[trialKey(l.Settings, l.Seed)] = l.trial()
		}
	}
	return int64(len(text)), nil
}

// append writes a trial with one call, so that what stands in the file are whole lines.
func (j *journal) append(t Trial) error {
	if j == nil {
		return nil
	}
	text, err := json.Marshal(line{
		Training: j.training, Monitor: j.score, Settings: t.Settings, Seed: t.Seed, Score: float(t.Score),
		Loss: convert[float](t.Loss), Validation: convert[float](t.Validation),
		Stopped: t.Stopped, Err: t.Err, Seconds: t.Duration.Seconds(),
	})
	if err == nil {
		_, err = j.file.Write(append(text, '\n'))
	}
	return err
}

// find is the trial of a job, if the file has it.
func (j *journal) find(wanted job) (Trial, bool) {
	if j == nil {
		return Trial{}, false
	}
	t, ok := j.known[trialKey(wanted.settings, wanted.seed)]
	t.Point, t.Settings = wanted.point, wanted.settings
	return t, ok
}

func (j *journal) close() {
	if j != nil {
		_ = j.file.Close() // every line has been written by then
	}
}

func (l line) trial() Trial {
	return Trial{
		Settings: l.Settings, Seed: l.Seed, Score: float64(l.Score), Loss: convert[float64](l.Loss),
		Validation: convert[float64](l.Validation), Stopped: l.Stopped,
		Duration: time.Duration(math.Round(l.Seconds * float64(time.Second))), // as it was to the nanosecond
	}
}

func trialKey(settings []Setting, seed int64) string {
	return keyOf(settings) + " " + strconv.FormatInt(seed, 10)
}

func convert[To, From ~float64](values []From) []To {
	if values == nil {
		return nil
	}
	out := make([]To, len(values))
	for i, v := range values {
		out[i] = To(v)
	}
	return out
}

// float is a number that JSON holds as a word where it isn't finite.
type float float64

// MarshalJSON writes "NaN", "+Inf" and "-Inf" as strings.
func (f float) MarshalJSON() ([]byte, error) {
	if v := float64(f); math.IsNaN(v) || math.IsInf(v, 0) {
		return json.Marshal(strconv.FormatFloat(v, 'g', -1, 64))
	}
	return json.Marshal(float64(f))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *float) UnmarshalJSON(text []byte) error {
	var word string
	if json.Unmarshal(text, &word) != nil {
		return json.Unmarshal(text, (*float64)(f))
	}
	v, err := strconv.ParseFloat(word, 64)
	*f = float(v)
	return err
}
