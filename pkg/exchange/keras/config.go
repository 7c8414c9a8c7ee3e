package keras

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
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
	// InputShape, −1 for any length and nil where the file doesn't say; and optimizer and loss where the model is Compiled.
	// Data and the settings of a fit aren't in such a file.
	training.Training

	Name   string  // the model's name in Keras
	Layers []Layer // where each of the model's layers came from

	// MoreInputs are the shapes of the inputs behind the first, in the order of [nn.InputNames].
	MoreInputs [][]int

	// Compiled tells whether the file has a compile_config. Without one, Optimizer has no rule, Loss is nil.
	Compiled bool
	Metrics  []string // names of the metrics, "mae"

	outputRanks []int // number of each output's axes without the batch; nil: not known

	Weights []Weight // of a .keras file, in Keras' order; nil after ReadConfig
	// Memory is the state of the optimizer in a .keras file: give it to a model by SetMemory. Nil after ReadConfig, and where
	// NoMemory says why there is none.
	Memory   *optim.Memory
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
	class, ok := fields["class_name"].(string)
	if _, hasConfig := fields["config"].(map[string]any); !ok || !hasConfig {
		return nil, fmt.Errorf("no class_name and config at the top: %w", ErrNotKeras)
	}
	o := newObject("", fields, &report{keras2: !hasModules(fields)})
	d := &Description{Training: training.Training{Model: nn.Unread{Class: excerpt.Of(class, maxText)}}}
	if !o.ownClass(class, modelsKind) {
		// Whatever it is, what it was compiled with is read all the same.
	} else if read := modelReaders[class]; read != nil {
		c := o.child("config")
		d.take(c, read(c))
	} else {
		o.add("class_name", "a model of class %q is not supported (only Sequential and Functional)", class)
	}
	if d.InputShape == nil {
		d.InputShape = inputShape(o, "build_config", "input_shape")
	}
	if c := o.child("compile_config"); c != nil && len(c.fields) > 0 { // empty: the model wasn't compiled
		d.compiled(c)
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
	if len(r.wholeInputs) > 0 {
		t.AssumeInstead(training.InputsSetting, "float32 that must be whole", strings.Join(r.wholeInputs, ", "))
	}
}

// take makes the model of the file the description's.
func (d *Description) take(c *object, b *built) {
	d.Name, d.Model, d.Layers = b.name, b.model, b.layers
	d.InputShape = b.inputs[0].Shape
	for _, in := range b.inputs[1:] {
		d.MoreInputs = append(d.MoreInputs, in.Shape)
	}
	if c.backwards != "" && nn.MakesMasks(d.Model) {
		// Its cells see one step together; layers behind each other would get the mask turned the wrong way.
		c.add(c.backwards, "a stack of cells that goes backwards is not supported in a model with masks")
	}
	if len(c.problems) == 0 {
		d.checkSize(c)
	}
}

// hasModules tells Keras 3 from Keras 2: it writes the module of each class.
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
	d.Optimizer, _ = c.optimizer("optimizer")
	if names := nn.OutputNames(d.Model); len(names) > 1 {
		d.Loss = c.losses(names, d.outputRanks)
	} else if _, unread := d.Model.(nn.Unread); unread && !c.oneLoss("loss") {
		c.ignore("loss", "loss_weights") // of outputs that aren't known
	} else {
		rank := 0
		if d.outputRanks != nil {
			rank = d.outputRanks[0]
		}
		d.Loss = c.loss("loss", rank)
		c.only("loss_weights", []any{1})
	}
	if _, unread := nn.FirstUnread(d.Model); !unread && nn.MasksOutput(d.Model, 1+len(d.MoreInputs)) {
		c.problem("loss", "the model's output has a mask, from mask_zero=True or a Masking, by which Keras leaves steps out of the loss: that is not supported yet")
	}
	d.Metrics = append(c.metrics("metrics"), c.metrics("weighted_metrics")...)
	c.flag("run_eagerly")
	c.flag("auto_scale_loss")
	c.whole("steps_per_execution", 1, math.MaxInt32)
	c.only("jit_compile", "auto", true, false)
	c.done()
}
