package training

import (
	"errors"
	"fmt"
	"slices"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// Training is a training as a description: everything in it is a plain value. Nothing that is done to a copy reaches the
// original, as long as what lies in slices is replaced and not written over.
type Training struct {
	Model      nn.Layer // nn.Sequential, nn.Graph, or nn.Func(f) for a plain GoMLX model function
	InputShape []int    // of one row of the first input, the batch left out; nil: that of the data
	// Encodings say how the inputs come about where a file's model takes strings or looks numbers up, one for each input; the
	// Data hold what they make. nil: the inputs are the file's.
	Encodings []Encoding
	Data      dataset.Data // training rows, and behind them the rows that ValidationSplit holds out
	Optimizer optim.Optimizer
	Loss      loss.Loss     // of several outputs a loss.Outputs, or one loss for each
	Metrics   []loss.Metric // reported beside the loss; of several outputs each a loss.Reported

	Epochs          int          // 0: not given; the doctor assumes about 2000 updates, from 3 to 1000 epochs, fit one epoch
	BatchSize       int          // 0: not given; 32 is assumed, as Keras does
	ValidationSplit float64      // share of the last rows held out; 0: none
	Validation      dataset.Data // rows of their own to validate on, in place of a ValidationSplit; without rows: none
	// ClassWeight is what the losses of the rows of a class are multiplied by, those trained on alone, as Keras' class_weight; classes
	// that aren't named weigh 1. The class is the target, rounded, or the place of a one-hot row's largest entry. Beside a
	// SampleWeight, or of several outputs, it is refused, as in Keras. Empty: all weigh 1.
	ClassWeight map[int]float64
	NoShuffle   bool  // takes the rows in their order in each epoch instead of shuffling them
	Seed        int64 // of weights, batch order and dropout

	Start // the weights that the training starts from; zero: the initializers'

	// StopEarly ends the training this many epochs after the lowest validation loss and goes back to the
	// weights of that epoch; 0: never. It needs validation rows.
	StopEarly int

	// Source is what is known of the program that describes the training; zero: nothing.
	Source Source

	// Assumed are the settings that nobody gave. Readers and the doctor add to it; reports begin with it, and what was
	// assumed is never named as the cause.
	Assumed []Assumption

	prepared []prepared // what was done to the data, see Prepare
}

// MaxEpochs is the most epochs that a training may have: a billion has no end that anyone sees.
const MaxEpochs = 1_000_000_000

// Validate refuses a training that cannot be run. Values that aren't finite pass: the doctor looks for them.
func (t Training) Validate() error {
	if err := t.check(); err != nil {
		return fmt.Errorf("training: %w", err)
	}
	return nil
}

func (t Training) check() error {
	switch {
	case t.Model == nil || len(nn.Leaves(t.Model)) == 0 && nn.Walk(t.Model, func(nn.Place) bool { return true }) == nil:
		return errors.New("there is no model")
	case t.Loss == nil:
		return errors.New("there is no loss")
	}
	if err := t.checkSettings(); err != nil {
		return err
	}
	if err := t.Optimizer.Validate(); err != nil {
		return err
	}
	if err := nn.Walk(t.Model, func(nn.Place) bool { return true }); err != nil {
		return err
	}
	if layer, unread := nn.FirstUnread(t.Model); unread {
		return fmt.Errorf("the model was not read whole: %s is missing, or some of its settings: it can be looked at, but not trained", layer)
	}
	if err := t.checkData(true); err != nil {
		return err
	}
	if err := t.checkStateful(); err != nil {
		return err
	}
	return t.checkStart()
}

// checkSettings refuses settings out of their range.
func (t Training) checkSettings() error {
	switch {
	case t.Epochs < 0:
		return fmt.Errorf("%d epochs: must be positive", t.Epochs)
	case t.Epochs > MaxEpochs:
		return fmt.Errorf("%d epochs: must be at most %d", t.Epochs, MaxEpochs)
	case t.BatchSize < 0:
		return fmt.Errorf("batch size %d: must be positive", t.BatchSize)
	case !(t.ValidationSplit >= 0 && t.ValidationSplit < 1):
		return fmt.Errorf("validation split %g: must be from 0 to below 1", t.ValidationSplit)
	}
	return nil
}

// checkData refuses data whose shapes don't fit each other, or the model where that is known, or that can't be split.
func (t Training) checkData(modelKnown bool) error {
	if err := t.Data.ValidateShapes(); err != nil {
		return err
	}
	if err := t.checkWhole(); err != nil {
		return err
	}
	if modelKnown {
		if err := t.checkPorts(); err != nil {
			return err
		}
		if err := t.checkInput(); err != nil {
			return err
		}
	}
	if err := t.checkClassWeight(); err != nil {
		return err
	}
	if err := loss.ValidateMetrics(t.Metrics); err != nil {
		return err
	}
	return t.checkValidation()
}

// checkValidation refuses validation rows that aren't there, are there twice, or aren't like the rows trained on.
func (t Training) checkValidation() error {
	if t.Validation.Rows() == 0 {
		if t.ValidationSplit == 0 {
			return nil
		}
		_, _, err := t.Data.Split(t.ValidationSplit)
		return err
	}
	if t.ValidationSplit != 0 {
		return errors.New("both Validation and ValidationSplit are given: give one of them")
	}
	if err := t.Validation.ValidateShapes(); err != nil {
		return fmt.Errorf("validation data: %w", err)
	}
	trained, held := slices.Concat(t.Data.Inputs(), t.Data.Outputs()), slices.Concat(t.Validation.Inputs(), t.Validation.Outputs())
	if len(trained) != len(held) {
		return fmt.Errorf("the validation data has %d inputs and targets, the data trained on %d", len(held), len(trained))
	}
	for i := range trained {
		if row := trained[i].Shape[1:]; !slices.Equal(row, held[i].Shape[1:]) {
			return fmt.Errorf("the validation data has rows of shape %v where those trained on have %v", held[i].Shape[1:], row)
		}
	}
	return nil
}

// checkPorts refuses data and losses for another number of inputs or outputs than the model has.
func (t Training) checkPorts() error {
	inputs, outputs := nn.InputNames(t.Model), nn.OutputNames(t.Model)
	if n := 1 + len(t.Data.MoreX); n != len(inputs) {
		return fmt.Errorf("the model has %d inputs, %q, the data %d", len(inputs), inputs, n)
	}
	if n := 1 + len(t.Data.MoreY); n != len(outputs) {
		return fmt.Errorf("the model has %d outputs, %q, the data targets for %d", len(outputs), outputs, n)
	}
	if all, several := t.Loss.(loss.Outputs); several {
		if len(all) != len(outputs) {
			return fmt.Errorf("the model has %d outputs, %q, there are losses for %d", len(outputs), outputs, len(all))
		}
		return all.Validate()
	}
	return nil
}

func (t Training) checkInput() error {
	row := t.Data.X.Shape[1:]
	fits := t.InputShape == nil || len(row) == len(t.InputShape)
	for i := range t.InputShape {
		fits = fits && (t.InputShape[i] < 0 || t.InputShape[i] == row[i])
	}
	if !fits {
		return fmt.Errorf("the model takes rows of shape %v, the data's x has rows of shape %v", t.InputShape, row)
	}
	return nil
}

// RowShapes are the shapes of one row of each input.
func (t Training) RowShapes() [][]int {
	var all [][]int
	for _, x := range t.Data.Inputs() {
		all = append(all, x.Shape[1:])
	}
	return all
}

// TrainRows is how many rows are trained on: all of Data but those that ValidationSplit holds out.
func (t Training) TrainRows() int {
	if t.ValidationSplit == 0 {
		return t.Data.Rows()
	}
	return int(float64(t.Data.Rows()) * (1 - t.ValidationSplit))
}

// TrainData returns the rows that are trained on, weighted by their classes where there is a ClassWeight.
func (t Training) TrainData() dataset.Data { return t.ClassWeighted(t.Data.Range(0, t.TrainRows())) }

// ValidationData returns the rows to validate on: Validation, else those that ValidationSplit holds out, else none.
func (t Training) ValidationData() dataset.Data {
	if t.Validation.Rows() > 0 {
		return t.Validation
	}
	return t.Data.Range(t.TrainRows(), t.Data.Rows())
}

// Validated reports whether there are rows to validate on.
func (t Training) Validated() bool { return t.Validation.Rows() > 0 || t.TrainRows() < t.Data.Rows() }

// Steps is how many updates an epoch has, in batches of 32 where no size is given.
func (t Training) Steps() int {
	size := t.BatchSize
	if size == 0 {
		size = 32
	}
	return max(1, (t.TrainRows()+size-1)/max(1, size))
}

// Updates is how many steps all epochs have, one epoch where none are given.
func (t Training) Updates() int { return t.Steps() * max(1, t.Epochs) }
