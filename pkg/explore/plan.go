package explore

import (
	"context"
	"errors"
	"fmt"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// Plan describes one training by plain values: copy it, change a field, and it describes another one.
type Plan struct {
	Net       nn.Layer
	Optimizer optim.Optimizer
	Loss      loss.Loss
	Data      dataset.Data
	Options   fit.Options           // seed, backend, metrics
	Config    fit.Config            // epochs, batch size, validation; Callbacks and Checkpoint must be empty
	Callbacks func() []fit.Callback // makes the callbacks, anew for each training; nil: none
}

// Validate refuses a plan without net, loss or data, an optimizer that refuses its settings, and a Config
// with callbacks or a checkpoint, which trainings side by side would share.
func (p Plan) Validate() error {
	switch {
	case p.Net == nil:
		return errors.New("the plan has no Net: give nn.Sequential{…}")
	case p.Loss == nil:
		return errors.New("the plan has no Loss: give loss.MSE{}, for instance")
	case len(p.Config.Callbacks) > 0:
		return errors.New("the plan's Config has Callbacks, which have a memory: let Plan.Callbacks make new ones for each training")
	case p.Config.Checkpoint.Path != "":
		return errors.New("the plan's Config has a Checkpoint, a file that trainings side by side would share")
	}
	if err := p.Optimizer.Validate(); err != nil {
		return err
	}
	if p.Config.AllowNonFinite {
		return p.Data.ValidateShapes()
	}
	return p.Data.Validate()
}

// Compile makes the model, untrained.
func (p Plan) Compile() (*fit.Model, error) {
	return fit.Compile(p.Net, p.Optimizer, p.Loss, p.Options)
}

// Train makes the model and trains it.
func (p Plan) Train(ctx context.Context) (*fit.History, error) {
	if err := p.Validate(); err != nil {
		return &fit.History{}, fmt.Errorf("explore: %w", err)
	}
	m, err := p.Compile()
	if err != nil {
		return &fit.History{}, err
	}
	c := p.Config
	if p.Callbacks != nil {
		c.Callbacks = p.Callbacks()
	}
	return m.Fit(ctx, p.Data, c)
}

// RangeTest makes the model and runs [RangeTest] on the rows that it would be trained on, in batches of the
// plan's size unless o says otherwise.
func (p Plan) RangeTest(ctx context.Context, o RangeOptions) (RangeResult, error) {
	if err := p.Validate(); err != nil {
		return RangeResult{}, fmt.Errorf("explore: range test: %w", err)
	}
	d, err := p.trainingRows()
	if err != nil {
		return RangeResult{}, err
	}
	m, err := p.Compile()
	if err != nil {
		return RangeResult{}, err
	}
	o.BatchSize = or(o.BatchSize, p.Config.BatchSize)
	return RangeTest(ctx, m, d, o)
}

// Steps is the number of training steps of the whole plan; 0 when its data or split is invalid.
func (p Plan) Steps() int {
	d, err := p.trainingRows()
	if err != nil || d.Rows() == 0 {
		return 0
	}
	batch := min(or(p.Config.BatchSize, 32), d.Rows())
	return p.epochs() * ((d.Rows() + batch - 1) / batch)
}

func (p Plan) epochs() int { return or(p.Config.Epochs, 1) }

func (p Plan) trainingRows() (dataset.Data, error) {
	if p.Config.ValidationSplit == 0 {
		return p.Data, nil
	}
	train, _, err := p.Data.Split(p.Config.ValidationSplit)
	return train, err
}

// opened is the plan with the default backend where it names none, so that trainings don't race to open it.
func (p Plan) opened() (Plan, error) {
	if p.Options.Backend != nil {
		return p, nil
	}
	b, err := backend.Default()
	if err != nil {
		return p, err
	}
	p.Options.Backend = b.Backend
	return p, nil
}

// validated tells whether the plan evaluates on data held out.
func (p Plan) validated() bool {
	return p.Config.ValidationSplit != 0 || p.Config.Validation.Rows() > 0
}
