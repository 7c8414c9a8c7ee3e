// Package dataset holds training data in memory: plain float32 values with their shape, read from CSV,
// .npy and .npz files or made from a seed, split and scaled the way Keras does, and loud about missing
// values and shapes that don't fit.
//
//	data, err := dataset.ReadCSV("houses.csv", dataset.CSVOptions{Targets: []string{"price"}})
//	train, validation, err := data.Split(0.2)      // the last rows are held out; Shuffle first if they are sorted
//	scaler, err := dataset.FitScaler(train.X)      // on the training rows alone …
//	train.X, err = scaler.Apply(train.X)
//	validation.X, err = scaler.Apply(validation.X) // … for both
//
// Rows are always the first axis; row i of X belongs to row i of Y. All data are in memory, as float32.
// Nothing here executes a graph; [Array.Tensor] is the only step towards GoMLX.
package dataset

import (
	"errors"
	"fmt"
)

// Errors that callers may want to tell apart with errors.Is. Every error that wraps one of them also says
// where it was found.
var (
	// ErrNoRows reports data without a single row.
	ErrNoRows = errors.New("no rows")
	// ErrShape reports shapes that don't fit each other or their values.
	ErrShape = errors.New("shapes don't fit")
	// ErrNotFinite reports a NaN or an infinity among the values.
	ErrNotFinite = errors.New("not a finite number")
	// ErrTooLarge reports a file that claims more data than the reader's documented limit.
	ErrTooLarge = errors.New("too large")
)

// Data is a set of examples: row i of X belongs to row i of Y.
type Data struct {
	// X holds the inputs, [rows, features…]; sequences are [rows, steps, features].
	X Array
	// Y holds the targets, [rows, outputs…].
	Y Array
	// MoreX holds what a model with several inputs takes behind X, in the order of its inputs, and MoreY the targets
	// behind Y, in the order of its outputs. Row i of each belongs to row i of X.
	MoreX, MoreY []Array
	// SampleWeight holds one weight ≥ 0 a row; nil means that every row weighs 1.
	SampleWeight []float32
	// Features names the entries of X's last axis and Targets those of Y's; nil where names are unknown.
	Features, Targets []string
}

// Of are the examples of a model's inputs and outputs, at least one of each: the first ones become X and Y. Nothing is checked,
// see [Data.ValidateShapes].
func Of(inputs, outputs []Array) Data {
	d := Data{X: inputs[0], Y: outputs[0]}
	if len(inputs) > 1 {
		d.MoreX = inputs[1:]
	}
	if len(outputs) > 1 {
		d.MoreY = outputs[1:]
	}
	return d
}

// Rows returns the number of examples, that of X.
func (d Data) Rows() int { return d.X.Rows() }

// Inputs are X and MoreX.
func (d Data) Inputs() []Array { return append([]Array{d.X}, d.MoreX...) }

// Outputs are Y and MoreY.
func (d Data) Outputs() []Array { return append([]Array{d.Y}, d.MoreY...) }

// each is d with what change makes of each of its arrays.
func (d Data) each(change func(Array) Array) Data {
	all := func(arrays []Array) []Array {
		var changed []Array
		for _, a := range arrays {
			changed = append(changed, change(a))
		}
		return changed
	}
	d.X, d.Y = change(d.X), change(d.Y)
	d.MoreX, d.MoreY = all(d.MoreX), all(d.MoreY)
	return d
}

// Validate reports the first thing that would make a training on d meaningless: no rows ([ErrNoRows]);
// values that don't fill their shape, X and Y of different length, a sample weight or a name too many or
// too few ([ErrShape]); a NaN or an infinity, named with its row and column, both counted from 0
// ([ErrNotFinite]); a negative sample weight. It reads every value once.
func (d Data) Validate() error {
	if err := d.ValidateShapes(); err != nil {
		return err
	}
	if err := d.X.checkFinite("x", d.Features); err != nil {
		return err
	}
	if err := d.Y.checkFinite("y", d.Targets); err != nil {
		return err
	}
	for _, more := range d.more() {
		if err := more.array.checkFinite(more.name, nil); err != nil {
			return err
		}
	}
	for row, w := range d.SampleWeight {
		if !finite(w) {
			return fmt.Errorf("dataset: sample weight of row %d is %v: %w", row+1, w, ErrNotFinite)
		}
		if w < 0 {
			return fmt.Errorf("dataset: sample weight of row %d is %v; weights must be 0 or more", row+1, w)
		}
	}
	return nil
}

// ValidateShapes is [Data.Validate] without a look at the values: NaN and infinities pass.
func (d Data) ValidateShapes() error {
	if err := d.X.Validate(); err != nil {
		return fmt.Errorf("dataset: x: %w", err)
	}
	if err := d.Y.Validate(); err != nil {
		return fmt.Errorf("dataset: y: %w", err)
	}
	rows := d.X.Rows()
	if d.Y.Rows() != rows {
		return fmt.Errorf("dataset: x has %d rows, y has %d: %w; give one target row for every input row", rows, d.Y.Rows(), ErrShape)
	}
	for _, more := range d.more() {
		if err := more.array.Validate(); err != nil {
			return fmt.Errorf("dataset: %s: %w", more.name, err)
		}
		if n := more.array.Rows(); n != rows {
			return fmt.Errorf("dataset: x has %d rows, %s has %d: %w; give one row of each for every example", rows, more.name, n, ErrShape)
		}
	}
	if d.SampleWeight != nil && len(d.SampleWeight) != rows {
		return fmt.Errorf("dataset: %d sample weights for %d rows: %w", len(d.SampleWeight), rows, ErrShape)
	}
	if d.Features != nil && len(d.Features) != d.X.lastAxis() {
		return fmt.Errorf("dataset: %d feature names for x of shape %v: %w; name every entry of the last axis, or none", len(d.Features), d.X.Shape, ErrShape)
	}
	if d.Targets != nil && len(d.Targets) != d.Y.lastAxis() {
		return fmt.Errorf("dataset: %d target names for y of shape %v: %w; name every entry of the last axis, or none", len(d.Targets), d.Y.Shape, ErrShape)
	}
	return nil
}

type namedArray struct {
	name  string
	array Array
}

// more are the arrays behind X and Y, as errors name them.
func (d Data) more() []namedArray {
	var all []namedArray
	for i, a := range d.MoreX {
		all = append(all, namedArray{fmt.Sprintf("MoreX[%d]", i), a})
	}
	for i, a := range d.MoreY {
		all = append(all, namedArray{fmt.Sprintf("MoreY[%d]", i), a})
	}
	return all
}
