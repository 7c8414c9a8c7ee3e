package loop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// brokenAt is a recording of four steps of one weight, of which the last loss is no number.
func brokenAt(weight float32, x, y, out []float32, loss *float64) *Recording {
	r := &Recording{Framework: torchFramework, Parameters: []Parameter{{Name: "w", Shape: []int{1}, Trainable: true, Model: true}}}
	one := 1.0
	for k := range 4 {
		w := dataset.Array{Shape: []int{1}, Values: []float32{1}}
		if k == 3 {
			w.Values = []float32{weight}
		}
		column := func(v []float32) dataset.Array { return dataset.Array{Shape: []int{len(v), 1}, Values: v} }
		s := Step{Number: k + 1, Loss: &one, values: map[string]dataset.Array{"x": column([]float32{1, 2}), "y": column([]float32{1, 2}), "out/0": column([]float32{1, 2})},
			before: []dataset.Array{w}, weights: []dataset.Array{w}}
		if k == 3 {
			s.Loss, s.LossNotFinite = loss, loss == nil
			s.values = map[string]dataset.Array{"x": column(x), "y": column(y), "out/0": column(out)}
		}
		r.Steps = append(r.Steps, s)
	}
	return r
}

// What is to be changed goes by where the first number is that isn't finite: rows are dropped, or a rate lowered, and operations looked for where these make it.
func TestChangesForWhatIsNoNumber(t *testing.T) {
	nan := float32(math.NaN())
	fine := []float32{1, 2}
	for name, c := range map[string]struct {
		r          *Recording
		says, with string
	}{
		"inputs":           {brokenAt(1, []float32{nan, 1}, fine, []float32{nan, 1}, nil), "inputs aren't numbers already", "isfinite(x)"},
		"targets":          {brokenAt(1, fine, []float32{1, nan}, fine, nil), "targets aren't numbers already", "isfinite(y)"},
		"the model":        {brokenAt(1, fine, fine, []float32{nan, 1}, nil), "the model's outputs aren't numbers", "set_detect_anomaly"},
		"the loss":         {brokenAt(1, fine, fine, fine, nil), "between them and the loss", "set_detect_anomaly"},
		"weights that fly": {brokenAt(1e6, fine, fine, fine, nil), "the weights grew to 1e6 times their size", "a tenth of the rate"},
	} {
		f := notFinite(c.r)
		require.NotNil(t, f, name)
		require.Equal(t, NotFinite, f.Cause)
		require.Equal(t, 4, f.Step, name)
		require.Contains(t, f.Evidence, c.says, name)
		require.Contains(t, f.Torch, c.with, name)
	}
	ahead := brokenAt(1, fine, fine, fine, nil)
	ahead.Steps[0].before = []dataset.Array{{Shape: []int{1}, Values: []float32{nan}}}
	require.Contains(t, notFinite(ahead).Torch, "named_parameters", "weights that are loaded so")
}

// Outputs of NaN behind a loss that is a number are found where they are most rows of most steps; a few, and infinite ones, as masks have them, are not.
func TestOutputsOfNaNThatArePassedOver(t *testing.T) {
	nan, low := float32(math.NaN()), float32(math.Inf(-1))
	one := 1.0
	for name, c := range map[string]struct {
		out   []float32
		found bool
	}{
		"all": {[]float32{nan, nan}, true}, "half": {[]float32{nan, 1}, true}, "none": {[]float32{1, 2}, false}, "infinite": {[]float32{low, low}, false},
	} {
		r := brokenAt(1, []float32{1, 2}, []float32{1, 2}, c.out, &one)
		require.Nil(t, notFinite(r), "%s: at one step of four", name)
		for k := range r.Steps {
			r.Steps[k].values = r.Steps[3].values
		}
		f := notFinite(r)
		require.Equal(t, c.found, f != nil, name)
		if f != nil {
			require.Contains(t, f.Evidence, "the model's outputs are NaN")
			require.Contains(t, f.Evidence, "the loss is a number, 1:")
		}
	}
}
