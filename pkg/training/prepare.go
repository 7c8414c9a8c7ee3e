package training

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/nn"
)

// Preparation is a change of the data ahead of a training. Like all of a training it is a plain value.
type Preparation interface {
	// prepare returns the changed data and the code that changes it.
	prepare(t Training) (dataset.Data, prepared, error)
}

// prepared is what was done to the data, as code.
type prepared struct{ goCode, python []string }

// Prepare is the training on data that a preparation has changed, which its code then tells.
func (t Training) Prepare(p Preparation) (Training, error) {
	d, done, err := p.prepare(t)
	if err != nil {
		return t, err
	}
	t.Data = d
	t.prepared = append(slices.Clip(t.prepared), done)
	return t, nil
}

// StandardizeInputs gives every feature of every input mean 0 and deviation 1 on the rows that are trained on, of which
// those that aren't finite are left out; a constant feature becomes 0.
type StandardizeInputs struct{}

func (StandardizeInputs) prepare(t Training) (dataset.Data, prepared, error) {
	var done prepared
	inputs := t.Data.Inputs()
	for i, x := range inputs {
		scaler, err := fitScaler(x.Range(0, t.TrainRows()))
		if err != nil {
			return t.Data, done, err
		}
		if inputs[i], err = scaler.Apply(x); err != nil {
			return t.Data, done, err
		}
		done.standardize(t, t.inputNames()[i], inputField(i), len(x.Shape), len(scaler.Constant) > 0, "")
	}
	d := t.Data
	d.X = inputs[0]
	if len(inputs) > 1 {
		d.MoreX = inputs[1:]
	}
	return d, done, nil
}

// StandardizeTargets gives the targets of an output mean 0 and deviation 1 on the rows that are trained on.
type StandardizeTargets struct{ Output int }

func (s StandardizeTargets) prepare(t Training) (dataset.Data, prepared, error) {
	var done prepared
	y := t.Data.Outputs()[s.Output]
	flat := dataset.Array{Shape: []int{y.Rows(), y.RowSize()}, Values: y.Values}
	scaler, err := fitScaler(flat.Range(0, t.TrainRows()))
	if err != nil {
		return t.Data, done, err
	}
	if flat, err = scaler.Apply(flat); err != nil {
		return t.Data, done, err
	}
	done.standardize(t, t.outputNames()[s.Output], outputField(s.Output), 2, len(scaler.Constant) > 0, "  # predictions * std + mean")
	return t.WithTargets(s.Output, dataset.Array{Shape: y.Shape, Values: flat.Values}).Data, done, nil
}

// standardize notes the code; axes is how many the array has.
func (p *prepared) standardize(t Training, python, field string, axes int, constant bool, remark string) {
	rows, over := python, "0"
	train := field
	if t.ValidationSplit > 0 {
		rows = fmt.Sprintf("%s[:%d]", python, t.TrainRows())
		train = fmt.Sprintf("%s.Range(0, %d)", field, t.TrainRows())
	}
	if axes > 2 {
		all := make([]string, axes-1)
		for i := range all {
			all[i] = fmt.Sprint(i)
		}
		over = "(" + strings.Join(all, ", ") + ")"
	}
	scale := fmt.Sprintf("%s.std(%s)", rows, over)
	if constant {
		scale = fmt.Sprintf("np.where(%s > 0, %s, 1)", scale, scale)
	}
	p.python = append(p.python, fmt.Sprintf("%s = (%s - %s.mean(%s)) / %s%s", python, python, rows, over, scale, remark))
	p.goCode = append(p.goCode, fmt.Sprintf("scaler, err := dataset.FitScaler(%s)", train), fmt.Sprintf("%s, err = scaler.Apply(%s)", field, field))
}

// Recode makes y → (y − Shift) / Scale of an output's targets. A scale of 0 is refused.
type Recode struct {
	Output       int
	Shift, Scale float64
}

func (r Recode) prepare(t Training) (dataset.Data, prepared, error) {
	if r.Scale == 0 || math.IsNaN(r.Scale) {
		return t.Data, prepared{}, fmt.Errorf("targets can't be divided by %g", r.Scale)
	}
	y := t.Data.Outputs()[r.Output]
	values := make([]float32, len(y.Values))
	for i, v := range y.Values {
		values[i] = float32((float64(v) - r.Shift) / r.Scale)
	}
	python, field := t.outputNames()[r.Output], outputField(r.Output)
	text := fmt.Sprintf("(%%s - %.6g) / %.6g", r.Shift, r.Scale)
	return t.WithTargets(r.Output, dataset.Array{Shape: y.Shape, Values: values}).Data, prepared{
		goCode: []string{fmt.Sprintf("for i, v := range %s.Values {", field), "\t" + field + ".Values[i] = " + fmt.Sprintf(text, "v"), "}"},
		python: []string{python + " = " + fmt.Sprintf(text, python)},
	}, nil
}

// DropNonFinite leaves the rows out in which an input or a target is NaN or infinite. It is an error when none is left.
type DropNonFinite struct{}

func (DropNonFinite) prepare(t Training) (dataset.Data, prepared, error) {
	d, err := t.Data.DropNonFinite()
	names := t.arrayNames()
	tests := make([]string, len(names))
	for i, name := range names {
		tests[i] = fmt.Sprintf("np.isfinite(%s).reshape(len(%s), -1).all(1)", name, name)
	}
	return d, prepared{
		goCode: []string{"data, err = data.DropNonFinite()"},
		python: []string{"keep = " + strings.Join(tests, " & "), assign(names, "[keep]")},
	}, err
}

// Shuffle puts the rows in a random order, ahead of the split.
type Shuffle struct{}

func (Shuffle) prepare(t Training) (dataset.Data, prepared, error) {
	d, err := t.Data.Shuffle(t.Seed)
	names := t.arrayNames()
	return d, prepared{
		goCode: []string{fmt.Sprintf("data, err = data.Shuffle(%d)", t.Seed)},
		python: []string{fmt.Sprintf("order = np.random.default_rng(%d).permutation(len(%s))", t.Seed, names[0]), assign(names, "[order]")},
	}, err
}

// assign is "x, y = x[order], y[order]".
func assign(names []string, index string) string {
	taken := make([]string, len(names))
	for i, name := range names {
		taken[i] = name + index
	}
	return strings.Join(names, ", ") + " = " + strings.Join(taken, ", ")
}

// fitScaler is dataset.FitScaler on the rows that are finite.
func fitScaler(a dataset.Array) (dataset.Scaler, error) {
	d := dataset.Data{X: a, Y: a}
	if len(d.NonFiniteRows()) == 0 {
		return dataset.FitScaler(a)
	}
	d, err := d.DropNonFinite()
	if err != nil {
		return dataset.Scaler{}, err
	}
	return dataset.FitScaler(d.X)
}

// inputNames are the inputs' names in Python: x for the only one.
func (t Training) inputNames() []string {
	if names := nn.InputNames(t.Model); len(names) > 1 {
		return nn.PythonNames(names, "x_")
	}
	return []string{"x"}
}

func (t Training) outputNames() []string {
	if names := nn.OutputNames(t.Model); len(names) > 1 {
		return nn.PythonNames(names, "y_")
	}
	return []string{"y"}
}

func (t Training) arrayNames() []string { return slices.Concat(t.inputNames(), t.outputNames()) }

// inputField is an input in Go.
func inputField(i int) string {
	if i == 0 {
		return "data.X"
	}
	return fmt.Sprintf("data.MoreX[%d]", i-1)
}

func outputField(i int) string {
	if i == 0 {
		return "data.Y"
	}
	return fmt.Sprintf("data.MoreY[%d]", i-1)
}
