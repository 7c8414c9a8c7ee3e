package loop

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/keras"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// Frameworks whose recordings are read.
const (
	torchFramework = "torch"
	kerasFramework = "keras"
)

// kerasModel reads the model of a recording of Keras.
func (r *Recording) kerasModel() (*recordedModel, error) {
	d, err := keras.ReadModel(filepath.Join(r.Folder, "model.keras"))
	var partial *training.Partial
	if err != nil && (!errors.As(err, &partial) || d == nil && partial.Training.Weights == nil) {
		return nil, err
	}
	if d == nil { // only how it was compiled isn't read, and the recording says that by itself
		d = &keras.Description{Training: partial.Training}
	}
	if len(d.Encodings) > 0 {
		return nil, errors.New("the model takes strings, or looks numbers up: that isn't replayed")
	}
	m := &recordedModel{layer: d.Model, weights: d.Weights}
	if logits := r.withoutSquash(d); logits != nil {
		m.layer = logits
	}
	for k := range r.Steps {
		if xs := r.Steps[k].named("x"); len(xs) > 0 {
			outputs, err := nn.Measure(m.layer, shapesOf(xs), func(nn.Measured) error { return nil })
			if err != nil {
				return nil, fmt.Errorf("model.keras: %w", err)
			}
			m.inputs, m.ranks = len(xs), make([]int, len(outputs))
			for i, o := range outputs {
				m.ranks[i] = len(o)
			}
			break
		}
	}
	sizes := map[string]int{}
	for _, w := range d.Weights {
		sizes[w.Path] = len(w.Array.Values)
	}
	paths := d.WeightPaths()
	if len(paths) == 0 { // of a description that was put together here
		for _, w := range d.Weights {
			paths = append(paths, w.Path)
		}
	}
	at := map[string]int{}
	for i, p := range r.Parameters {
		switch {
		case p.At == nil:
		case *p.At < 0 || *p.At >= len(paths) || sizes[paths[*p.At]] != elements(p.Shape):
			return nil, fmt.Errorf("model.keras has no weight of shape %d in the place of %s", p.Shape, p.Name)
		default:
			at[paths[*p.At]] = i
		}
	}
	m.places = func(i int) []string {
		if p := r.Parameters[i]; p.At != nil {
			return paths[*p.At : *p.At+1]
		}
		return nil
	}
	m.converted = func(numbers func(i int) []float32) ([]training.Weight, error) {
		weights := slices.Clone(d.Weights)
		for k, w := range weights {
			if i, is := at[w.Path]; is {
				if values := numbers(i); values != nil {
					weights[k].Array.Values = values
				}
			}
		}
		return weights, nil
	}
	return m, nil
}

// compiledAs reads how Keras writes a loss and an optimizer, of outputs of that shape; nil and no rule where they aren't given.
func compiledAs(lossConfig, optimizerConfig json.RawMessage, output []int) (training.Training, error) {
	shape := []any{nil}
	for _, n := range output[1:] {
		shape = append(shape, n)
	}
	layer := func(class string, config map[string]any) map[string]any {
		return map[string]any{"module": "keras.layers", "class_name": class, "registered_name": nil, "config": config}
	}
	if lossConfig == nil {
		lossConfig = json.RawMessage(`"mse"`)
	}
	if optimizerConfig == nil {
		optimizerConfig = json.RawMessage(`"sgd"`)
	}
	content, err := json.Marshal(map[string]any{
		"module": "keras", "class_name": "Sequential", "registered_name": "Sequential",
		"config": map[string]any{"name": "model", "trainable": true, "layers": []any{
			layer("InputLayer", map[string]any{"batch_shape": shape, "dtype": "float32", "name": "x"}),
			layer("Activation", map[string]any{"name": "y", "activation": "linear", "dtype": "float32"}),
		}},
		"compile_config": map[string]any{"loss": lossConfig, "optimizer": optimizerConfig},
	})
	if err != nil {
		return training.Training{}, err
	}
	d, err := keras.ReadConfig(bytes.NewReader(content))
	if err != nil {
		return training.Training{}, err
	}
	return d.Training, nil
}

// RowsWeighted reports whether a fit of Keras weighted its rows.
func (r *Recording) RowsWeighted() bool {
	return r.RowWeights != "" || slices.Contains(r.Notes, weightedNote)
}

// UnknownRowWeights reports whether a fit's rows were weighted, and by what isn't in the recording: what is examined of its model and data
// is then another training.
func (r *Recording) UnknownRowWeights() bool { return r.RowsWeighted() && r.RowWeights != "recorded" }

// weightedNote is what recordings said of it before they had RowWeights.
const weightedNote = "the loss isn't checked: its rows are weighted"

// kerasLoss reads the claimed loss for these outputs.
func (r *Recording) kerasLoss(outputs []dataset.Array) (loss.Loss, string) {
	if r.RowsWeighted() {
		return nil, "its rows are weighted (class_weight or sample_weight), which isn't replayed"
	}
	if r.KerasLoss == nil || string(r.KerasLoss) == "null" {
		return nil, "it is computed by a function of the user's own"
	}
	if len(outputs) > 1 {
		d, err := keras.ReadModel(filepath.Join(r.Folder, "model.keras"))
		if err != nil {
			return nil, err.Error()
		}
		return d.Loss, ""
	}
	t, err := compiledAs(r.KerasLoss, nil, outputs[0].Shape)
	if err != nil {
		return nil, err.Error()
	}
	return t.Loss, ""
}

// kerasWays are the shapes in which Keras compares outputs and targets: it adds an axis of one number, or takes it away, where one of
// them has one less.
func kerasWays(outputs, targets []dataset.Array) []claim {
	all := []claim{{outputs: columns(outputs), targets: columns(targets)}}
	if len(outputs) != 1 || len(targets) != 1 {
		return all
	}
	o, t := outputs[0], targets[0]
	switch {
	case !slices.Equal(o.Shape, t.Shape) && len(o.Values) == len(t.Values):
		all = append(all, claim{outputs: columns(outputs), targets: columns([]dataset.Array{{Shape: o.Shape, Values: t.Values}})})
	case len(t.Shape)+1 == len(o.Shape) && slices.Equal(t.Shape, o.Shape[:len(t.Shape)]):
		all = append(all, claim{outputs: outputs, targets: []dataset.Array{{Shape: append(slices.Clone(t.Shape), 1), Values: t.Values}}})
	}
	return all
}

// kerasRule is the rule of an optimizer of Keras, without its schedule: the rates are recorded. What scales losses is taken out of the
// gradients already.
func kerasRule(o Optimizer) (rule optim.Optimizer, why string) {
	config := o.Config
	var around struct {
		Class  string `json:"class_name"`
		Config struct {
			Inner json.RawMessage `json:"inner_optimizer"`
		} `json:"config"`
	}
	err := json.Unmarshal(config, &around)
	if err == nil && around.Class == "LossScaleOptimizer" {
		config = around.Config.Inner
	}
	if config, err = overlaid(config, o.Groups); err != nil {
		return rule, err.Error()
	}
	t, err := compiledAs(nil, config, []int{1, 1})
	if err != nil {
		return rule, err.Error()
	}
	t.Optimizer.Schedule = nil
	return t.Optimizer, ""
}

// overlaid is how Keras writes an optimizer with other settings, those of its one group.
func overlaid(config json.RawMessage, groups []map[string]json.RawMessage) (json.RawMessage, error) {
	if len(groups) != 1 || len(groups[0]) == 0 {
		return config, nil
	}
	var whole, options map[string]json.RawMessage
	if err := json.Unmarshal(config, &whole); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(whole["config"], &options); err != nil {
		return nil, err
	}
	if options == nil {
		return nil, errors.New("the optimizer's settings aren't in the recording")
	}
	maps.Copy(options, groups[0])
	text, err := json.Marshal(options)
	if err != nil {
		return nil, err
	}
	whole["config"] = text
	return json.Marshal(whole)
}
