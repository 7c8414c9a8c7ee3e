package saved

import (
	"errors"
	"fmt"
	"path/filepath"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/table"
	"example.com/unstuck/pkg/training"
)

// appendHeld puts the rows to validate on behind those to train on, so that columns are handled alike, and says so. A table that was found and not
// asked for may lack the target, as competitions have it: then it is left alone.
func (f Files) appendHeld(c *training.Training, t *table.Table) (bool, error) {
	if f.Validation == "" {
		return false, nil
	}
	name := filepath.Base(f.Validation)
	note := func(value, why, flag string) {
		c.Assumed = append(c.Assumed, training.Assumption{Setting: heldArrays, Value: value, Why: why, Flag: flag, OfData: true})
	}
	more, err := table.Open(f.Validation, f.Table)
	if err == nil {
		err = t.Append(more)
	}
	var missing *table.MissingColumnsError
	switch {
	case err == nil && f.foundPair:
		note("those of "+name, "it lies beside "+filepath.Base(f.Data)+" and has the same columns; both are handled alike, medians and classes are those of both", "--validation names others, a validation_split in fit.json takes the last rows instead")
	case err == nil:
	case f.foundPair && errors.As(err, &missing):
		note("none", fmt.Sprintf("%s can't be validated on: %v", name, err), "--validation names others")
		return false, nil
	case missing != nil || errors.As(err, &missing):
		return false, fmt.Errorf("%s: %w", f.Validation, err)
	}
	return err == nil, err
}

// readArrayPair reads x and y of two files. Strings become the numbers in the second that they are in the first.
func (f Files) readArrayPair(c *training.Training, as *labels) (dataset.Data, error) {
	held := *c
	read, err := f.readArrays(c, as)
	if err != nil {
		return read, err
	}
	other := f
	other.Data, other.Validation = f.Validation, ""
	c.Validation, err = other.readArrays(&held, as)
	return read, err
}
