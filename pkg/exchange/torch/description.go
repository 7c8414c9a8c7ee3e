package torch

import (
	"fmt"
	"math"

	"example.com/unstuck/internal/pythonjson"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/training"
)

// MaxDescription bounds the bytes of a training.json.
const MaxDescription = 1 << 20

// Subject is the model and the data that a description is read for. What isn't known of it may be left out.
type Subject struct {
	Outputs     []string        // names of the model's outputs, in their order; nil: one
	Predictions [][]int         // shapes of the outputs, the batch first; nil: not known
	Targets     []dataset.Array // of all rows, one for each output; nil: not known
	// Weights are the paths of our variables, "/dense/kernel", by the names of PyTorch's parameters, "0.weight", for all
	// parameters that are trained when an optimizer has them; nil: not known.
	Weights map[string][]string
	Own     *OwnLoss // a loss of the user's own, which is trained by whatever the description says of it
}

// Description is what a training.json says, as far as it was understood: a training that has no model and no data yet. Its Loss
// is nil and its Optimizer has no rule where they weren't understood.
type Description struct {
	training.Training

	Version   string // of PyTorch, which wrote it; empty: not known
	Rows      Rows
	Noted     Noted
	Untrained []string          // parameters of the model that no group of the optimizer has, sorted
	Problems  training.Problems // what wasn't understood, by its JSON path; the rest stands above
}

// Rows says how much of the data was kept.
type Rows struct{ Kept, Of int }

// Noted are losses that PyTorch computed of the first Rows rows.
type Noted struct {
	Rows        int      // 0: none
	Eval, Train *float64 // nil: not given
}

// ReadDescription reads a training.json. What of it isn't understood is in the Problems. An error says that the content is no
// description: more than [MaxDescription] bytes, not a JSON object, of another format or framework.
func ReadDescription(content []byte, of Subject) (Description, error) {
	if len(content) > MaxDescription {
		return Description{}, fmt.Errorf("more than %d bytes are no description of a training", MaxDescription)
	}
	fields, err := pythonjson.Object(content, func(v float64) any { return v })
	if err != nil {
		return Description{}, err
	}
	r := &reader{report: &report{}, subject: of}
	o := r.object("", fields, options{})
	if format := o.get("format"); format == nil || !isNumber(format, 1) {
		return Description{}, fmt.Errorf("format %s: this reads format 1", show(format))
	}
	if framework := o.get("framework"); framework != "torch" {
		return Description{}, fmt.Errorf("framework %s: this reads torch", show(framework))
	}
	r.d.Version = o.text("version")
	o.ignore("inputs", "targets", "saved_in_mode", "batch", "batch_note", "tied", "loss_not_exported") // the model's reader knows
	r.recorded = o.flag("recorded")
	r.settings(o)
	if why := o.text("loss_not_exported"); why != "" {
		r.notExported = ", as torch.export couldn't record it (" + why + ")"
	}
	r.losses(o)
	r.optimizer(o)
	r.source(o)
	o.done()
	r.d.Problems = r.problems
	return r.d, nil
}

// reader reads one description.
type reader struct {
	*report
	subject Subject
	d       Description
	calls   int // of the scheduler's step, as far as it is known

	recorded    bool   // by unstuck.watch, which is given less
	notExported string // why a loss of the user's own isn't there as a program
}

// assumedBatch is how many rows a batch has where nobody says it.
const assumedBatch = 32

// absent says why a setting is assumed, by what wrote the description.
func (r *reader) absent(name string) string {
	if !r.recorded {
		return "unstuck.save was given no " + name
	}
	if name == "optimizer" {
		return "unstuck.watch wasn't given exactly one optimizer"
	}
	return "unstuck.watch isn't told a " + name
}

// settings reads what isn't loss or optimizer.
func (r *reader) settings(o *object) {
	if o.has("epochs") {
		r.d.Epochs = o.whole("epochs", 1, training.MaxEpochs)
	}
	o.ignore("epochs")
	r.d.BatchSize = assumedBatch
	if o.has("batch_size") {
		r.d.BatchSize = o.whole("batch_size", 1, math.MaxInt32)
	} else {
		o.ignore("batch_size")
		r.d.Assume(training.BatchSizeSetting, fmt.Sprint(assumedBatch), r.absent("batch_size"))
	}
	if o.has("validation_split") {
		if r.d.ValidationSplit = o.within("validation_split", 0, 1); r.d.ValidationSplit == 1 {
			o.problem("validation_split", "is 1: no row is left to train on")
			r.d.ValidationSplit = 0
		}
	} else {
		o.ignore("validation_split")
		r.d.Assume(training.ValidationSplitSetting, "0", r.absent("validation_split"))
	}
	r.d.NoShuffle = o.has("shuffle") && !o.flag("shuffle")
	o.ignore("shuffle")
	r.d.Seed = o.seed("seed")
	if rows := o.child("rows", options{}); rows != nil {
		r.d.Rows = Rows{Kept: rows.whole("kept", 0, math.MaxInt32), Of: rows.whole("of", 0, math.MaxInt32)}
		rows.done()
	}
	if noted := o.child("noted", options{}); noted != nil {
		r.d.Noted = Noted{Rows: noted.whole("rows", 0, math.MaxInt32), Eval: noted.optional("eval_loss"), Train: noted.optional("train_loss")}
		noted.ignore("gradient_norm")
		noted.done()
	}
}

// stepsPerEpoch is how many batches the rows that are trained on make, 0 where that isn't known.
func (r *reader) stepsPerEpoch() int {
	rows := r.d.Rows.Kept
	if len(r.subject.Targets) > 0 {
		rows = r.subject.Targets[0].Rows()
	}
	trained := int(float64(rows) * (1 - r.d.ValidationSplit))
	return (trained + r.d.BatchSize - 1) / r.d.BatchSize
}
