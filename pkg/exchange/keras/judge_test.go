package keras

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/pythonjson"
	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// judged is testdata/judge.json.gz, which make_judge.py wrote with Keras.
type judged struct {
	X     map[string]judgedArray
	Cases []judgedCase
}

type judgedArray struct {
	Shape  []int
	Values []float32
}

func (a judgedArray) array() dataset.Array { return dataset.Array{Shape: a.Shape, Values: a.Values} }

type judgedCase struct {
	Name    string
	Read    bool // an ordinary file: it must be read
	Config  json.RawMessage
	X       string
	Steps   int
	Raises  bool // in Keras
	Out     *keraResult
	Mutants []mutant
}

type mutant struct {
	Path    []any
	How     string
	Value   json.RawMessage
	Raises  bool
	Same    bool // Keras' numbers are the case's
	Foreign bool // the key says that a class isn't Keras'
	Out     *keraResult
}

// keraResult is what Keras computed.
type keraResult struct {
	Shapes      [][]int
	Predictions []maybe
	Initial     [][]maybe // weights that are one number everywhere, before they were set
	Dropout     []float64
	Y           judgedArray
	Losses      []maybe
	Weights     [][]maybe
}

// maybe is a number of Python's JSON, whose NaN and infinities pythonjson.Marked made strings of.
type maybe float64

func (m *maybe) UnmarshalJSON(text []byte) error {
	var s string
	if json.Unmarshal(text, &s) == nil {
		if x, is := pythonjson.Constant(s); is {
			*m = maybe(x)
		}
		return nil
	}
	return json.Unmarshal(text, (*float64)(m))
}

func readJudged(t testing.TB) (j judged) {
	require.NoError(t, json.Unmarshal(pythonjson.Marked(unzippedRecord(t, "judge")), &j))
	return j
}

// TestJudge holds the reader to what Keras does: each setting, and each mutation of it, is refused with a path or
// predicts, costs and trains as in Keras, to 1e-5. Ordinary ones are read.
func TestJudge(t *testing.T) {
	b := open(t, backend.Go)
	j := readJudged(t)
	var refused, equal, wrong, mutantsRefused, mutantsEqual int
	for _, c := range j.Cases {
		run := runner{backend: b, x: j.X[c.X].array(), steps: c.Steps}
		d, err := run.read(c.Config)
		fault := ""
		switch {
		case err != nil:
			refused++
			if c.Read && !c.Raises {
				fault = "refused, but it is ordinary: " + err.Error()
			} else if !hasPath(err) {
				fault = "the refusal names no place: " + err.Error()
			}
		case c.Raises && d.IsAssumed(training.ReductionSetting): // see below
		case c.Raises:
			fault = "read, but Keras raises"
		default:
			fault = run.compare(d, c.Out)
		}
		if fault != "" {
			wrong++
			t.Errorf("%s: %s", c.Name, fault)
		} else if err == nil {
			equal++
		}
		for _, m := range c.Mutants {
			config := m.apply(t, c.Config)
			other, err := run.read(config)
			fault := ""
			switch {
			case err != nil && !hasPath(err):
				fault = "the refusal names no place: " + err.Error()
			case err != nil:
				mutantsRefused++
				continue
			case (m.Raises || m.Foreign) && other.IsAssumed(training.MetricsSetting): // said, and of no weight for the training
				mutantsRefused++
				continue
			case m.Raises && other.IsAssumed(training.ReductionSetting): // JAX, on which Keras was run, can't train by it
				mutantsRefused++
				continue
			case m.Raises && other.IsAssumed(training.NumberTypeSetting): // Keras can't multiply such numbers on this machine
				mutantsRefused++
				continue
			case m.Raises || m.Foreign:
				fault = "read, but Keras raises, or the class isn't its own"
			case m.Same && d != nil && sameMeaning(d, other):
			case m.Same:
				fault = run.compare(other, c.Out)
			default:
				fault = run.compare(other, m.Out)
			}
			if fault != "" {
				wrong++
				t.Errorf("%s with %v %s %s: %s", c.Name, m.Path, m.How, m.Value, fault)
			} else {
				mutantsEqual++
			}
		}
	}
	t.Logf("%d settings: %d refused, %d equal; mutations: %d refused, %d equal; %d wrong in all",
		len(j.Cases), refused, equal, mutantsRefused, mutantsEqual, wrong)
	assert.GreaterOrEqual(t, len(j.Cases), 200)
	assert.Greater(t, mutantsEqual, 100)
}

// hasPath tells whether an error names places in the file, or says that it isn't a model at all.
func hasPath(err error) bool {
	if strings.Contains(err.Error(), ErrNotKeras.Error()) {
		return true
	}
	p, ok := problemsOf(err)
	return ok && len(p) > 0 && p[0].Path != ""
}

func problemsOf(err error) (training.Problems, bool) {
	for err != nil {
		if p, ok := err.(training.Problems); ok {
			return p, true
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return nil, false
		}
		err = u.Unwrap()
	}
	return nil, false
}

// sameMeaning tells whether two files were read as the same model.
func sameMeaning(a, b *Description) bool {
	return reflect.DeepEqual(a.Model, b.Model) && reflect.DeepEqual(a.Optimizer, b.Optimizer) && reflect.DeepEqual(a.Loss, b.Loss) &&
		reflect.DeepEqual(a.InputShape, b.InputShape) && a.Compiled == b.Compiled
}

func (m mutant) apply(t *testing.T, config json.RawMessage) []byte {
	d := json.NewDecoder(bytes.NewReader(config))
	d.UseNumber()
	var top any
	require.NoError(t, d.Decode(&top))
	at := top
	for _, p := range m.Path[:len(m.Path)-1] {
		switch p := p.(type) {
		case string:
			at = at.(map[string]any)[p]
		case float64:
			at = at.([]any)[int(p)]
		}
	}
	last := m.Path[len(m.Path)-1].(string)
	if m.How == "drop" {
		delete(at.(map[string]any), last)
	} else {
		at.(map[string]any)[last] = m.Value
		if len(m.Value) == 0 {
			at.(map[string]any)[last] = nil
		}
	}
	text, err := json.Marshal(top)
	require.NoError(t, err)
	return text
}

type runner struct {
	backend compute.Backend
	x       dataset.Array
	steps   int
}

// read reads a config.json; one whose input the rows don't fit is refused by whoever feeds them.
func (r runner) read(config []byte) (*Description, error) {
	d, err := ReadConfig(bytes.NewReader(config))
	if err != nil {
		return d, err
	}
	if d.IsAssumed(training.InputsSetting) { // the rows have fractions
		return nil, training.Problems{{Path: "Data", Text: "holds fractions, which training refuses: see training.InputsSetting"}}
	}
	if d.InputShape == nil {
		return d, nil
	}
	want := r.x.Shape[1:]
	fits := len(d.InputShape) == len(want)
	for i := 0; fits && i < len(want); i++ {
		fits = d.InputShape[i] == -1 || d.InputShape[i] == want[i]
	}
	if !fits {
		return nil, training.Problems{{Path: "InputShape", Text: fmt.Sprintf("%v doesn't fit rows of %v", d.InputShape, want)}}
	}
	return d, nil
}

// compare runs a model as make_judge.py did and returns what differs, empty where nothing does.
func (r runner) compare(d *Description, want *keraResult) string {
	ctx := context.Background()
	optimizer, loss := d.Optimizer, d.Loss
	if !d.Compiled {
		fallback := read(&testing.T{}, sequential(dense1, `{"optimizer": "sgd", "loss": "mse"}`))
		optimizer, loss = fallback.Optimizer, fallback.Loss
	}
	m, err := fit.Compile(d.Model, optimizer, loss, fit.Options{Backend: r.backend, BatchSize: d.BatchSize})
	if err != nil {
		return "can't be compiled: " + err.Error()
	}
	if err := m.Build(r.x.Shape[1:]...); err != nil {
		return "can't be built: " + err.Error()
	}
	paths := d.WeightPaths()
	if len(paths) != len(want.Shapes) {
		return fmt.Sprintf("%d weights, Keras has %d", len(paths), len(want.Shapes))
	}
	k := 0
	initial, err := m.Weights()
	if err != nil {
		return err.Error()
	}
	for i, shape := range want.Shapes {
		if want.Initial != nil && want.Initial[i] != nil {
			for _, w := range initial {
				if w.Path == paths[i] {
					if miss := off("initial "+w.Path, want.Initial[i], w.Values, 1e-5); miss != "" {
						return miss
					}
				}
			}
		}
		a := dataset.Array{Shape: shape}
		n := 1
		for _, s := range shape {
			n *= s
		}
		for range n {
			v := 0.4 * math.Sin(1.7*float64(k)+1)
			if strings.HasSuffix(paths[i], "moving_variance") {
				v = math.Abs(v) + 0.5
			}
			a.Values = append(a.Values, float32(v))
			k++
		}
		if err := m.SetWeight(paths[i], a); err != nil {
			return err.Error()
		}
	}
	predictions, err := m.Predict(ctx, r.x)
	if err != nil {
		return "can't predict: " + err.Error()
	}
	exactly := 1e-5
	if d.IsAssumed(training.NumberTypeSetting) { // Keras rounds to fewer digits
		exactly = 1e-2
	}
	if miss := off("predictions", want.Predictions, predictions.Values, exactly); miss != "" {
		return miss
	}
	if miss := off("dropout", want.Dropout, rates(d.Model), 1e-5); miss != "" {
		return miss
	}
	if want.Losses == nil || dropsState(d.Model) {
		return ""
	}
	if !d.Compiled {
		return "read as if not compiled"
	}
	how := fit.Config{Epochs: len(want.Losses), BatchSize: r.x.Shape[0], NoShuffle: true, AllowNonFinite: true}
	if _, stateful := nn.FirstStateful(d.Model); stateful { // these numbers are of Keras on JAX, which loses the states behind each batch
		reset := func(r *fit.Run) error { return r.Model.ResetStates() }
		if how.Callbacks = []fit.Callback{fit.OnEpochEnd(reset)}; m.ResetStates() != nil {
			return "can't be reset"
		}
	}
	h, err := m.Fit(ctx, dataset.Data{X: r.x, Y: want.Y.array()}, how)
	if err != nil && strings.Contains(err.Error(), "there is nothing to train") {
		return "" // all is frozen: Keras' weights don't move either, and fit says so
	}
	if err != nil {
		return "can't be trained: " + err.Error()
	}
	tolerance, slack := exactly, 0.0
	for _, l := range want.Losses {
		if math.Abs(float64(l)) > 1e5 { // a training that diverges multiplies its rounding errors
			tolerance = max(tolerance, 1e-3)
			slack = tolerance * largest(want.Weights) // what is left of large numbers that cancel each other
		}
	}
	if miss := off("losses", want.Losses, h.Loss(), tolerance); miss != "" && !summed(loss) { // of which the mean is reported
		return miss
	}
	all, err := m.Weights()
	if err != nil {
		return err.Error()
	}
	for i, path := range paths {
		for _, w := range all {
			if w.Path == path {
				if miss := off("weights "+path, want.Weights[i], w.Values, tolerance); miss != "" && !within(want.Weights[i], w.Values, slack) {
					return miss
				}
			}
		}
	}
	return ""
}

// summed reports whether a training is by a sum.
func summed(l loss.Loss) bool {
	if all, several := l.(loss.Outputs); several {
		l = all[0].Loss
	}
	_, is := l.(loss.Summed)
	return is
}

// rates are those of the Dropouts.
func rates(model nn.Layer) (all []float64) {
	nn.Walk(model, func(p nn.Place) bool {
		if d, ok := p.Layer.(nn.Dropout); ok {
			all = append(all, d.Rate)
		}
		return true
	})
	return all
}

// dropsState reports whether a recurrent layer drops out in training: a step isn't comparable then, as the draws differ.
func dropsState(model nn.Layer) bool {
	return slices.ContainsFunc(nn.Leaves(model), func(p nn.Place) bool {
		switch l := p.Layer.(type) {
		case nn.SimpleRNN:
			return l.Dropout+l.RecurrentDropout > 0
		case nn.GRU:
			return l.Dropout+l.RecurrentDropout > 0
		case nn.LSTM:
			return l.Dropout+l.RecurrentDropout > 0
		}
		return false
	})
}
