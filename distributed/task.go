package distributed

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"example.com/unstuck/pkg/exchange/wire"
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/training"
)

// version is that of the messages; a worker refuses those of another.
const version = 1

// largest is how many bytes a message may have; what is longer goes into the object store. A server of NATS takes 1 MiB at most
// unless told otherwise.
const largest = 512 << 10

// task is what a worker is asked to do.
type task struct {
	Version        int             `json:"version"`
	Kind           string          `json:"kind"`
	Training       json.RawMessage `json:"training,omitempty"`
	AllowNonFinite bool            `json:"allow_non_finite,omitempty"`
	Aside          string          `json:"aside,omitempty"` // the sum under which the task itself is set aside, where it is long
}

// Kinds of tasks.
const (
	kindTraining = "training"
	kindExamine  = "examine"
)

// result is what came of a task.
type result struct {
	History json.RawMessage `json:"history,omitempty"`
	Report  json.RawMessage `json:"report,omitempty"`
	Text    string          `json:"text,omitempty"` // the report as it is printed
	Verdict string          `json:"verdict,omitempty"`
	Cause   string          `json:"cause,omitempty"`
	Err     string          `json:"error,omitempty"`
	Took    time.Duration   `json:"nanoseconds"`
	Worker  string          `json:"worker"`
	Tries   uint64          `json:"tries"`           // how often it was begun
	Aside   string          `json:"aside,omitempty"` // the sum under which the result itself is set aside, where it is long
}

// idOf is the name of a task: what it says, and nothing else.
func idOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// trainingTask describes a training; its arrays go to the encoder's Put.
func trainingTask(e *wire.Encoder, t training.Training, how explore.Run) ([]byte, error) {
	if how.Callbacks != nil || len(how.Fit.Probes) > 0 {
		return nil, fmt.Errorf("callbacks and probes of a Run are functions of this program, which a worker can't call: leave them out")
	}
	text, err := e.Training(t)
	if err != nil {
		return nil, err
	}
	return json.Marshal(task{Version: version, Kind: kindTraining, Training: text, AllowNonFinite: how.AllowNonFinite})
}

// outcome is a result as a search takes it.
func (r result) outcome(index int) (explore.Outcome, error) {
	o := explore.Outcome{Index: index, Took: r.Took}
	if r.Err != "" {
		o.Err = fmt.Errorf("%s", r.Err)
		return o, nil
	}
	o.History = &fit.History{}
	return o, wire.Decoder{}.Value(r.History, o.History)
}
