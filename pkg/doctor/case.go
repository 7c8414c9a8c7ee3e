package doctor

import (
	"errors"
	"fmt"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// Case is a training as a description: everything in it is a plain value, so it can be run, printed, and
// changed by a [Treatment]. Nothing that a treatment does to one reaches another.
type Case struct {
	Model      nn.Layer     // nn.Sequential, nn.Graph, or nn.Func(f) for a plain GoMLX model function
	InputShape []int        // of one row of the first input, the batch left out; nil: that of the data
	Data       dataset.Data // training rows, and behind them the validation rows
	Optimizer  optim.Optimizer
	Loss       loss.Loss

	Epochs          int     // 0: not given; Examine assumes about 2000 updates, from 3 to 1000 epochs
	BatchSize       int     // 0: not given; Examine assumes 32, as Keras does
	ValidationSplit float64 // share of the last rows held out; 0: none
	KeepOrder       bool    // takes the rows in their order in each epoch instead of shuffling them
	Seed            int64   // of weights, batch order and dropout

	// StopEarly ends the training this many epochs after the lowest validation loss and goes back to the
	// weights of that epoch; 0: never. It needs a ValidationSplit.
	StopEarly int

	// Assumed are the settings that nobody gave. [Files.Read] and [Examine] add to it; reports begin with it, and what
	// was assumed is never named as the cause.
	Assumed []Assumption
}

// Validate refuses a case that cannot be run. Values that aren't finite pass: the doctor looks for them.
func (c Case) Validate() error {
	switch {
	case c.Model == nil || len(nn.Leaves(c.Model)) == 0 && nn.Walk(c.Model, func(nn.Place) bool { return true }) == nil:
		return errors.New("doctor: the case has no model")
	case c.Loss == nil:
		return errors.New("doctor: the case has no loss")
	case c.Epochs < 0:
		return fmt.Errorf("doctor: %d epochs: must be positive", c.Epochs)
	case c.Epochs > maxEpochs:
		return fmt.Errorf("doctor: %d epochs: must be at most %d", c.Epochs, maxEpochs)
	case c.BatchSize < 0:
		return fmt.Errorf("doctor: batch size %d: must be positive", c.BatchSize)
	case !(c.ValidationSplit >= 0 && c.ValidationSplit < 1):
		return fmt.Errorf("doctor: validation split %g: must be from 0 to below 1", c.ValidationSplit)
	}
	if err := c.Optimizer.Validate(); err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	if err := nn.Walk(c.Model, func(nn.Place) bool { return true }); err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	if err := c.Data.ValidateShapes(); err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	if err := c.checkPorts(); err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	if err := c.checkInput(); err != nil {
		return fmt.Errorf("doctor: %w", err)
	}
	if c.ValidationSplit > 0 {
		if _, _, err := c.Data.Split(c.ValidationSplit); err != nil {
			return fmt.Errorf("doctor: %w", err)
		}
	}
	return nil
}

func (c Case) checkInput() error {
	row := c.Data.X.Shape[1:]
	fits := c.InputShape == nil || len(row) == len(c.InputShape)
	for i := range c.InputShape {
		fits = fits && (c.InputShape[i] < 0 || c.InputShape[i] == row[i])
	}
	if !fits {
		return fmt.Errorf("the model takes rows of shape %v, the data's x has rows of shape %v", c.InputShape, row)
	}
	return nil
}

// rows are the shapes of one row of each input.
func (c Case) rows() [][]int {
	var all [][]int
	for _, x := range c.Data.Inputs() {
		all = append(all, x.Shape[1:])
	}
	return all
}

// trainRows is how many rows are trained on: all but the validation rows.
func (c Case) trainRows() int {
	if c.ValidationSplit == 0 {
		return c.Data.Rows()
	}
	return int(float64(c.Data.Rows()) * (1 - c.ValidationSplit))
}

// training returns the rows that are trained on.
func (c Case) training() dataset.Data { return c.Data.Range(0, c.trainRows()) }

// validation returns the rows held out, none without a split.
func (c Case) validation() dataset.Data { return c.Data.Range(c.trainRows(), c.Data.Rows()) }

// steps is how many updates an epoch of a settled case has.
func (c Case) steps() int { return max(1, (c.trainRows()+c.BatchSize-1)/max(1, c.BatchSize)) }

// updates is how many steps the training of a settled case has.
func (c Case) updates() int { return c.steps() * c.Epochs }
