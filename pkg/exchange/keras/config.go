package keras

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// Description is a training as a file of Keras describes it, and what else the file says. Everything in it is a plain
// value.
//
//	m, err := fit.Compile(d.Model, d.Optimizer, d.Loss, fit.Options{})
//	err = m.Build(d.InputShape...)
//	err = d.SetWeights(m) // after ReadModel
//	err = d.SetMemory(m)  // to go on where the file stopped
type Description struct {
	// Training has the model, its layers under their names in Keras: nn.Sequential for a chain, else nn.Graph; the
	// InputShape, −1 for any length and nil where the file doesn't say; and optimizer, loss and metrics where the model is
	// Compiled. A metric that can't be read is left out, and named in Assumed.
	// Data and the settings of a fit aren't in such a file, but for the BatchSize of a model with stateful layers. Its Weights are those of a file with weights, in Keras' order, nil
	// after ReadConfig; its Memory is the state of the optimizer there, for SetMemory, nil where NoMemory says why.
	training.Training

	Name   string  // the model's name in Keras
	Layers []Layer // where each of the model's layers came from

	// MoreInputs are the shapes of the inputs behind the first, in the order of [nn.InputNames].
	MoreInputs [][]int

	// Compiled tells whether the file has a compile_config. Without one, Optimizer has no rule, Loss is nil.
	Compiled bool

	keras2      bool   // written by Keras 2
	outputLayer string // that of a graph's only output; empty: there is none, or there are several
	outputRanks []int  // number of each output's axes without the batch; nil: not known

	// NoMemory says why there is no Memory.
	NoMemory string
}

// ReadConfigFile is [ReadConfig] on a file.
func ReadConfigFile(path string) (*Description, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("keras: %w", err)
	}
	defer f.Close()
	d, err := readConfig(f)
	if err != nil {
		return nil, fmt.Errorf("keras: %s: %w", path, err)
	}
	return d, nil
}

// ReadConfig reads the JSON that a .keras file has in config.json, with or without compile_config.
//
// Errors: [ErrNotKeras] for anything that isn't a JSON object of at most [MaxConfig] bytes describing a
// model; else a [training.Partial], whose problems name every place that isn't supported, and which hands on what was
// understood.
func ReadConfig(r io.Reader) (*Description, error) {
	d, err := readConfig(r)
	if err != nil {
		return nil, fmt.Errorf("keras: %w", err)
	}
	return d, nil
}

// readConfig returns what was understood beside a [training.Partial], too.
func readConfig(r io.Reader) (*Description, error) {
	fields, err := decode(r, MaxConfig)
	if err != nil {
		return nil, err
	}
	version, _ := fields["keras_version"].(string)
	return describe(fields, version, nil)
}

// describe reads the JSON of a model; version is that of the Keras that wrote it, empty where that isn't known, and from the
// file that the JSON is in, nil where it stands alone.
func describe(fields map[string]any, version string, from *zipped) (*Description, error) {
	o := newObject("", fields, reportOf(version, fields))
	o.archive = from
	return describeObject(o, o.child(compileConfig))
}

// describeObject reads a model and how it was compiled, nil where it wasn't.
func describeObject(o, compile *object) (*Description, error) {
	class, ok := o.fields["class_name"].(string)
	o.asked["class_name"] = true
	if list, old := o.fields["config"].([]any); old && o.keras2 && class == "Sequential" { // before Keras 2.2.3
		o.fields["config"] = map[string]any{"name": "sequential", "layers": list}
	}
	if _, hasConfig := o.fields["config"].(map[string]any); !ok || !hasConfig {
		return nil, fmt.Errorf("no class_name and config at the top: %w", ErrNotKeras)
	}
	d := &Description{Training: training.Training{Model: nn.Unread{Class: excerpt.Of(class, maxText)}}, keras2: o.keras2}
	if !o.ownClass(class, modelsKind) {
		// Whatever it is, what it was compiled with is read all the same.
	} else if read := modelReaders[class]; read != nil {
		c := o.child("config")
		d.take(c, read(c))
	} else {
		o.add(o.at("class_name"), "a model of class %q is not supported (only Sequential and Functional)", class)
	}
	if d.InputShape == nil {
		d.InputShape = inputShape(o, "build_config", "input_shape")
	}
	if compile != nil && len(compile.fields) > 0 { // empty: the model wasn't compiled
		d.compiled(compile)
	}
	o.assume(&d.Training)
	if len(o.problems) == 0 {
		return d, nil
	}
	if o.full() { // what isn't noted may be anywhere
		d.Training = training.Training{Model: nn.Unread{Class: excerpt.Of(class, maxText)}}
	}
	return d, &training.Partial{Problems: o.problems, Training: d.Training}
}

// assume notes what is computed otherwise than the file says.
func (r *report) assume(t *training.Training) {
	if len(r.numberTypes) > 0 {
		t.AssumeInstead(training.NumberTypeSetting, "float32", strings.Join(r.numberTypes, ", "))
	}
	if r.unwrittenDelta {
		t.Assume(training.HuberDeltaSetting, "1", "Keras doesn't write it into its files, and itself takes 1 when it loads them")
	}
	if r.eachRow {
		t.AssumeInstead(training.ReductionSetting, "sum, as on TensorFlow", "none, by which Keras trains nowhere else")
	}
	if len(r.wholeInputs) > 0 {
		t.AssumeInstead(training.InputsSetting, "float32 that must be whole", strings.Join(r.wholeInputs, ", "))
	}
}

// take makes the model of the file the description's.
func (d *Description) take(c *object, b *built) {
	d.Name, d.Model, d.Layers = b.name, b.model, b.layers
	d.InputShape, d.outputLayer, d.Encodings = b.inputs[0].Shape, b.output, b.encodings
	for _, in := range b.inputs[1:] {
		d.MoreInputs = append(d.MoreInputs, in.Shape)
	}
	if c.backwards != "" && nn.MakesMasks(d.Model) {
		// Its cells see one step together; layers behind each other would get the mask turned the wrong way.
		c.add(c.backwards, "a stack of cells that goes backwards is not supported in a model with masks")
	}
	switch {
	case c.stateful == "":
	case c.batch < 1 || c.batch > maxSize:
		c.add(c.stateful, "needs an input that says how many rows all batches have, and as many in fit and predict: keras.Input(batch_shape=(32, …))")
	default:
		d.BatchSize = c.batch
	}
	if len(c.problems) == 0 {
		d.checkSize(c)
	}
}

// reportOf says by which Keras a file was written: by its version, or without one by what it wrote.
func reportOf(version string, fields map[string]any) *report {
	if version == "" {
		return &report{keras2: !hasModules(fields), masks: makesMasks(fields)}
	}
	major, _, _ := strings.Cut(version, ".")
	return &report{keras2: major == "1" || major == "2", version: version, masks: makesMasks(fields)}
}

// makesMasks reports whether a layer in a part of the file makes masks.
func makesMasks(part any) bool {
	switch part := part.(type) {
	case map[string]any:
		if part["mask_zero"] == true || part["class_name"] == "Masking" {
			return true
		}
		for _, v := range part {
			if makesMasks(v) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(part, makesMasks)
	}
	return false
}

// hasModules tells Keras 3 from Keras 2 before 2.12: it writes the module of each class.
func hasModules(model map[string]any) bool {
	if _, ok := model["module"]; ok {
		return true
	}
	config, _ := model["config"].(map[string]any)
	layers, _ := config["layers"].([]any)
	for _, l := range layers {
		if fields, ok := l.(map[string]any); ok {
			if _, ok := fields["module"]; ok {
				return true
			}
		}
	}
	return false
}

// compiled reads compile_config. How often results are fetched, and how things are compiled, changes nothing.
func (d *Description) compiled(c *object) {
	d.Compiled = true
	c.of = constructorOf(modelsKind, "compile")
	optimizer := "optimizer"
	if c.legacy {
		optimizer = "optimizer_config"
		c.ignore("sample_weight_mode")
	}
	d.Optimizer, _ = c.optimizer(optimizer)
	if names := nn.OutputNames(d.Model); len(names) > 1 {
		d.Loss = c.losses(names, d.outputRanks)
	} else if _, unread := d.Model.(nn.Unread); unread && !c.oneLoss("loss") {
		c.ignore("loss", "loss_weights") // of outputs that aren't known
	} else {
		rank := 0
		if d.outputRanks != nil {
			rank = d.outputRanks[0]
		}
		d.Loss = c.weighedLoss(names, d.outputLayer, rank)
	}
	if _, unread := d.Model.(nn.Unread); unread {
		c.ignore("metrics", "weighted_metrics") // of outputs that aren't known
	} else {
		d.readMetrics(c, nn.OutputNames(d.Model))
	}
	c.flag("run_eagerly")
	c.flag("auto_scale_loss")
	c.whole("steps_per_execution", 1, math.MaxInt32)
	c.only("jit_compile", "auto", true, false)
	c.done()
}
