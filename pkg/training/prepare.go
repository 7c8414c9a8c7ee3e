package training

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
)

// Preparation is a change of the data ahead of a training, of its validation rows too. Like all of a training it is a plain value.
type Preparation interface {
	// prepare returns the training on changed data and the code that changes it.
	prepare(t Training) (Training, prepared, error)
}

// prepared is what was done to the data, as code.
type prepared struct{ goCode, python []string }

// Prepare is the training on data that a preparation has changed, which its code then tells.
func (t Training) Prepare(p Preparation) (Training, error) {
	changed, done, err := p.prepare(t)
	if err != nil {
		return t, err
	}
	changed.prepared = append(slices.Clip(t.prepared), done)
	return changed, nil
}

// each is the training with its data changed, Data and Validation alike.
func (t Training) each(change func(dataset.Data) (dataset.Data, error)) (changed Training, err error) {
	changed = t
	if changed.Data, err = change(t.Data); err != nil {
		return t, err
	}
	if t.Validation.Rows() > 0 {
		if changed.Validation, err = change(t.Validation); err != nil {
			return t, fmt.Errorf("validation data: %w", err)
		}
	}
	return changed, nil
}

// StandardizeInputs gives every feature of every input mean 0 and deviation 1 on the rows that are trained on, of which
// those that aren't finite are left out; a constant feature becomes 0. Features are the last axis, or the channels of images that have
// them first, see [Training.FeatureAxis]. Exactly: the Python that is printed computes in float64, for features that float32 can't hold
// the mean or the square of; the Go always does.
type StandardizeInputs struct{ Exactly bool }

func (s StandardizeInputs) prepare(t Training) (Training, prepared, error) {
	var done prepared
	scalers := make([]dataset.Scaler, len(t.Data.Inputs()))
	for i, x := range t.Data.Inputs() {
		var err error
		axis := t.FeatureAxis(i)
		if scalers[i], err = fitScaler(x.Range(0, t.TrainRows()), axis); err != nil {
			return t, done, err
		}
		done.standardize(t, t.inputNames()[i], inputField(i), len(x.Shape), axis, len(scalers[i].Constant) > 0, s.Exactly, "")
	}
	changed, err := t.each(func(d dataset.Data) (dataset.Data, error) {
		inputs := d.Inputs()
		for i := range inputs {
			var err error
			if inputs[i], err = scalers[i].Apply(inputs[i]); err != nil {
				return d, err
			}
		}
		d.X = inputs[0]
		if len(inputs) > 1 {
			d.MoreX = inputs[1:]
		}
		return d, nil
	})
	return changed, done, err
}

// StandardizeTargets gives the targets of an output mean 0 and deviation 1 on the rows that are trained on.
type StandardizeTargets struct{ Output int }

func (s StandardizeTargets) prepare(t Training) (Training, prepared, error) {
	var done prepared
	if len(t.ClassWeight) > 0 {
		return t, done, errors.New("standardized targets have no classes any more, and ClassWeight weighs classes")
	}
	flat := func(y dataset.Array) dataset.Array {
		return dataset.Array{Shape: []int{y.Rows(), y.RowSize()}, Values: y.Values}
	}
	scaler, err := fitScaler(flat(t.Data.Outputs()[s.Output]).Range(0, t.TrainRows()), 0)
	if err != nil {
		return t, done, err
	}
	done.standardize(t, t.outputNames()[s.Output], outputField(s.Output), 2, 0, len(scaler.Constant) > 0, false, "  # predictions * std + mean")
	changed, err := t.each(func(d dataset.Data) (dataset.Data, error) {
		y := d.Outputs()[s.Output]
		scaled, err := scaler.Apply(flat(y))
		return withTargets(d, s.Output, dataset.Array{Shape: y.Shape, Values: scaled.Values}), err
	})
	return changed, done, err
}

// standardize notes the code; axes is how many the array has, and axis the one of its features, 0 for the last.
func (p *prepared) standardize(t Training, python, field string, axes, axis int, constant, exactly bool, remark string) {
	rows, over := python, "0"
	train := field
	if t.ValidationSplit > 0 {
		rows = fmt.Sprintf("%s[:%d]", python, t.TrainRows())
		train = fmt.Sprintf("%s.Range(0, %d)", field, t.TrainRows())
	}
	if axes > 2 {
		features := axis
		if axis == 0 {
			features = axes - 1
		}
		var all []string
		for i := range axes {
			if i != features {
				all = append(all, fmt.Sprint(i))
			}
		}
		over = "(" + strings.Join(all, ", ") + ")"
		if axis > 0 {
			over += ", keepdims=True"
		}
	}
	test, ends := over, ""
	if exactly {
		over, ends = over+`, dtype="float64"`, `.astype("float32")`
	}
	scale := fmt.Sprintf("%s.std(%s)", rows, over)
	if constant {
		// The deviation of a constant column is rounding, not 0.
		scale = fmt.Sprintf("np.where(np.ptp(%s, %s) > 0, %s, 1)", rows, test, scale)
	}
	scaled := func(name string) string {
		text := fmt.Sprintf("(%s - %s.mean(%s)) / %s", name, rows, over, scale)
		if ends != "" {
			text = "(" + text + ")" + ends
		}
		return name + " = " + text + remark
	}
	fit := fmt.Sprintf("scaler, err := dataset.FitScaler(%s)", train)
	if axis > 0 {
		fit = fmt.Sprintf("scaler, err := dataset.FitScalerAlong(%s, %d)", train, axis)
	}
	p.goCode = append(p.goCode, fit, fmt.Sprintf("%s, err = scaler.Apply(%s)", field, field))
	if t.Validation.Rows() > 0 { // in Python ahead of the rows whose mean and deviation it takes
		held := validationField(field)
		p.goCode = append(p.goCode, fmt.Sprintf("%s, err = scaler.Apply(%s)", held, held))
		p.python = append(p.python, scaled(validationName(python)))
	}
	p.python = append(p.python, scaled(python))
}

// Recode makes y → (y − Shift) / Scale of an output's targets. A scale of 0 is refused.
type Recode struct {
	Output       int
	Shift, Scale float64
}

func (r Recode) prepare(t Training) (Training, prepared, error) {
	var done prepared
	if r.Scale == 0 || math.IsNaN(r.Scale) {
		return t, done, fmt.Errorf("targets can't be divided by %g", r.Scale)
	}
	changed, err := t.each(func(d dataset.Data) (dataset.Data, error) {
		y := d.Outputs()[r.Output]
		values := make([]float32, len(y.Values))
		for i, v := range y.Values {
			values[i] = float32((float64(v) - r.Shift) / r.Scale)
		}
		return withTargets(d, r.Output, dataset.Array{Shape: y.Shape, Values: values}), nil
	})
	changed.ClassWeight = t.recoded(r.Shift, r.Scale)
	text := fmt.Sprintf("(%%s - %.6g) / %.6g", r.Shift, r.Scale)
	if r.Scale == 1 {
		text = fmt.Sprintf("%%s - %.6g", r.Shift)
	}
	note := func(python, field string) {
		done.goCode = append(done.goCode, fmt.Sprintf("for i, v := range %s.Values {", field), "\t"+field+".Values[i] = "+fmt.Sprintf(text, "v"), "}")
		done.python = append(done.python, python+" = "+fmt.Sprintf(text, python))
	}
	python, field := t.outputNames()[r.Output], outputField(r.Output)
	note(python, field)
	if t.Validation.Rows() > 0 {
		note(validationName(python), validationField(field))
	}
	return changed, done, err
}

// DropNonFinite leaves the rows out in which an input or a target is NaN or infinite. It is an error when none is left.
type DropNonFinite struct{}

func (DropNonFinite) prepare(t Training) (Training, prepared, error) {
	var done prepared
	drop := func(d string, arrays, assigned []string) {
		tests := make([]string, len(arrays))
		for i, name := range arrays {
			tests[i] = fmt.Sprintf("np.isfinite(%s).reshape(len(%s), -1).all(1)", name, name)
		}
		done.goCode = append(done.goCode, d+", err = "+d+".DropNonFinite()")
		done.python = append(done.python, "keep = "+strings.Join(tests, " & "), assign(assigned, "[keep]"))
	}
	drop("data", t.arrayNames(), t.namesOf(t.Data))
	if t.Validation.Rows() > 0 {
		drop("validation", validationNames(t.arrayNames()), validationNames(t.namesOf(t.Validation)))
	}
	changed, err := t.each(dataset.Data.DropNonFinite)
	return changed, done, err
}

// Shuffle puts the rows in a random order, ahead of the split. Validation stays as it is.
type Shuffle struct{}

func (Shuffle) prepare(t Training) (Training, prepared, error) {
	names := t.namesOf(t.Data)
	done := prepared{
		goCode: []string{fmt.Sprintf("data, err = data.Shuffle(%d)", t.Seed)},
		python: []string{fmt.Sprintf("order = np.random.default_rng(%d).permutation(len(%s))", t.Seed, names[0]), assign(names, "[order]")},
	}
	var err error
	t.Data, err = t.Data.Shuffle(t.Seed)
	return t, done, err
}

// assign is "x, y = x[order], y[order]".
func assign(names []string, index string) string {
	taken := make([]string, len(names))
	for i, name := range names {
		taken[i] = name + index
	}
	return strings.Join(names, ", ") + " = " + strings.Join(taken, ", ")
}

// fitScaler is dataset.FitScalerAlong on the rows that are finite.
func fitScaler(a dataset.Array, axis int) (dataset.Scaler, error) {
	d := dataset.Data{X: a, Y: a}
	if len(d.NonFiniteRows()) == 0 {
		return dataset.FitScalerAlong(a, axis)
	}
	d, err := d.DropNonFinite()
	if err != nil {
		return dataset.Scaler{}, err
	}
	return dataset.FitScalerAlong(d.X, axis)
}
