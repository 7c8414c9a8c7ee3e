package dataset

import (
	"fmt"
	"math"
	"slices"
)

// Scaler maps each column to mean 0 and standard deviation 1: z = (v − mean) / scale. A column is one entry
// of an array's last axis, or of its Axis, taken over all rows (and steps). [FitScaler], [FitScalerAlong], [Data.Standardize] and [Array.Standardize] make one.
type Scaler struct {
	Axis int // whose entries are the columns, 1 for images with the channels first; 0: the last
	// Mean and Scale hold one number a column. Scale is the standard deviation of the population (divided
	// by n, as scikit-learn does it), and 1 for a constant column.
	Mean, Scale []float64
	// Constant lists the columns, from 0, that had the same value in every row: they carry nothing to learn
	// from and come out as zeros.
	Constant []int
}

// Standardize returns d with X scaled to mean 0 and standard deviation 1 a feature, and the scaler. Fit it
// to the training rows alone and apply the scaler to the validation rows, or they leak into the training:
//
//	train, scaler, err := train.Standardize()
//	validation.X, err = scaler.Apply(validation.X)
//
// It fails as [Data.Validate] does. Scaler.Constant lists features that came out as zeros.
func (d Data) Standardize() (Data, Scaler, error) {
	if err := d.Validate(); err != nil {
		return Data{}, Scaler{}, err
	}
	x, scaler, err := d.X.Standardize()
	if err != nil {
		return Data{}, Scaler{}, err
	}
	d.X = x
	return d, scaler, nil
}

// Standardize returns a with every column at mean 0 and standard deviation 1, and the scaler, whose Invert brings
// predictions back. The targets of a regression are treated so, which [Data.Standardize] leaves as they are:
//
//	data.Y, scaler, err = data.Y.Standardize()
//
// It fails as [FitScaler] does.
func (a Array) Standardize() (Array, Scaler, error) {
	scaler, err := FitScaler(a)
	if err != nil {
		return Array{}, Scaler{}, err
	}
	if a, err = scaler.Apply(a); err != nil {
		return Array{}, Scaler{}, err
	}
	return a, scaler, nil
}

// FitScaler measures mean and standard deviation of every column of a, in float64. It refuses invalid shapes,
// NaN and infinities.
func FitScaler(a Array) (Scaler, error) { return FitScalerAlong(a, 0) }

// FitScalerAlong is [FitScaler] with the entries of another axis than the last as columns: of the first behind the rows, 1, for images
// with the channels first; 0: the last. It refuses an axis that a doesn't have.
func FitScalerAlong(a Array, axis int) (Scaler, error) {
	if axis < 0 || axis >= max(1, len(a.Shape)) {
		return Scaler{}, fmt.Errorf("dataset: FitScaler along axis %d of shape %v: %w", axis, a.Shape, ErrShape)
	}
	if err := a.Validate(); err != nil {
		return Scaler{}, fmt.Errorf("dataset: FitScaler: %w", err)
	}
	if err := a.checkFinite("the array", nil); err != nil {
		return Scaler{}, err
	}
	columns, inner := a.columns(axis)
	n := float64(len(a.Values) / columns)
	s := Scaler{Axis: axis, Mean: make([]float64, columns), Scale: make([]float64, columns)}
	constant := make([]bool, columns)
	for column := range constant {
		constant[column] = true
	}
	for i, v := range a.Values {
		column := i / inner % columns
		s.Mean[column] += float64(v) / n
		constant[column] = constant[column] && v == a.Values[column*inner]
	}
	for i, v := range a.Values {
		column := i / inner % columns
		deviation := float64(v) - s.Mean[column]
		s.Scale[column] += deviation * deviation / n
	}
	for column, variance := range s.Scale {
		s.Scale[column] = math.Sqrt(variance)
		if constant[column] {
			// Exactly its value, whatever rounding the sum has seen: the column must come out as zeros.
			s.Mean[column], s.Scale[column] = float64(a.Values[column*inner]), 1
			s.Constant = append(s.Constant, column)
		}
	}
	return s, nil
}

// Apply returns a scaled copy of a. Its last axis must have the length that the scaler was fitted to.
func (s Scaler) Apply(a Array) (Array, error) {
	return s.each(a, func(v, mean, scale float64) float64 { return (v - mean) / scale })
}

// Invert undoes Apply, up to rounding.
func (s Scaler) Invert(a Array) (Array, error) {
	return s.each(a, func(z, mean, scale float64) float64 { return z*scale + mean })
}

func (s Scaler) each(a Array, f func(v, mean, scale float64) float64) (Array, error) {
	if err := a.Validate(); err != nil {
		return Array{}, fmt.Errorf("dataset: Scaler: %w", err)
	}
	if s.Axis < 0 || s.Axis >= max(1, len(a.Shape)) {
		return Array{}, fmt.Errorf("dataset: Scaler along axis %d of shape %v: %w", s.Axis, a.Shape, ErrShape)
	}
	columns, inner := a.columns(s.Axis)
	if columns != len(s.Mean) || columns != len(s.Scale) {
		return Array{}, fmt.Errorf("dataset: Scaler of %d columns on shape %v: %w", len(s.Mean), a.Shape, ErrShape)
	}
	values := make([]float32, len(a.Values))
	for i, v := range a.Values {
		column := i / inner % columns
		values[i] = float32(f(float64(v), s.Mean[column], s.Scale[column]))
	}
	return Array{Shape: slices.Clone(a.Shape), Values: values}, nil
}

// columns are the entries of an axis, of the last for 0, and how many values stand behind one of them before the next.
func (a Array) columns(axis int) (columns, inner int) {
	if axis == 0 {
		return a.lastAxis(), 1
	}
	inner = 1
	for _, n := range a.Shape[axis+1:] {
		inner *= n
	}
	return a.Shape[axis], inner
}
