package loop

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// compiledBy are compiled steps of SGD with momentum, which was given other gradients than those of the loss.
func compiledBy(changed func(v, length float64) float64) (*Recording, *replays) {
	random := rand.New(rand.NewPCG(3, 4))
	const size, rate, momentum = 30, 0.1, 0.9
	r := &Recording{
		Framework:  kerasFramework,
		Parameters: []Parameter{{Name: "kernel", Shape: []int{size}, Trainable: true, Model: true}},
		Optimizers: []Optimizer{{Class: "SGD", Groups: []map[string]json.RawMessage{{}}, Holds: [][]int{{0}},
			Config: json.RawMessage(`{"module": "keras.optimizers", "class_name": "SGD", "config": {"name": "SGD", "learning_rate": 0.1, "momentum": 0.9, "nesterov": false}, "registered_name": null}`)}},
	}
	w, velocity := make([]float32, size), make([]float64, size)
	array := func(v []float32) dataset.Array {
		return dataset.Array{Shape: []int{size}, Values: append([]float32{}, v...)}
	}
	all := unreplayed(8)
	for k := range all.steps {
		g := make([]float32, size)
		for n := range g {
			g[n] = float32(random.NormFloat64() * (0.3 + 0.1*float64(k)))
		}
		s := Step{Number: k + 1, View: viewWeights, Arrayed: true, Backwards: 1, Events: []string{"step"}, Stepped: []int{0}, Rates: [][]float64{{rate}}, Loss: new(float64)}
		s.before = []dataset.Array{array(w)}
		for n, v := range g {
			velocity[n] = momentum*velocity[n] - rate*changed(float64(v), norm(g))
			w[n] += float32(velocity[n])
		}
		s.weights = []dataset.Array{array(w)}
		s.values = map[string]dataset.Array{"own/0": array(g), "after/0": s.weights[0]}
		r.Steps = append(r.Steps, s)
		all.steps[k].value = 0
	}
	return r, all
}

// A clip of the loop's own in compiled steps is told from what the weights did: one that is meant as such, and one that turns its fraction
// round, or leaves one sign alone, as a fault. What is no clip stays unexplained.
func TestClipsOfCompiledSteps(t *testing.T) {
	for name, c := range map[string]struct {
		changed   func(v, length float64) float64
		explained bool
		evidence  string // of the fault; empty: none
	}{
		"by its length":            {func(v, n float64) float64 { return v * min(1, 2/n) }, true, ""},
		"by a length of its own":   {func(v, n float64) float64 { return v * min(1, 1.37/n) }, true, ""},
		"each number":              {func(v, _ float64) float64 { return min(max(v, -0.5), 0.5) }, true, ""},
		"turned round":             {func(v, n float64) float64 { return v * min(1, n/5) }, true, "multiplied by 0.2 times its own length"},
		"turned round, at its own": {func(v, n float64) float64 { return v * min(1, n/7.3) }, true, "times its own length"},
		"multiplied by its length": {func(v, n float64) float64 { return v * n }, true, "multiplied by 1 times its own length"},
		"from 0 up":                {func(v, _ float64) float64 { return min(max(v, 0), 1) }, true, "no negative number"},
		"from 0 down":              {func(v, _ float64) float64 { return min(v, 0) }, true, "no positive number"},
		"without their signs":      {func(v, _ float64) float64 { return math.Abs(v) }, true, "no negative number"},
		"their signs":              {func(v, _ float64) float64 { return math.Copysign(1, v) }, false, ""},
		"noise":                    {func(v, _ float64) float64 { return v + 0.3*math.Sin(1e4*v) }, false, ""},
	} {
		r, all := compiledBy(c.changed)
		fits, _, ok := r.agreement(gobackend.GetBackend())
		require.True(t, ok, name)
		require.False(t, fits, name)
		r.supposeCut(gobackend.GetBackend(), all)
		fits, _, _ = r.agreement(gobackend.GetBackend())
		require.Equal(t, c.explained, fits, name)
		f := oneSided(r, all)
		if f == nil {
			f = changed(r, all)
		}
		if c.evidence == "" {
			require.Nil(t, f, name)
			continue
		}
		require.NotNil(t, f, name)
		require.Equal(t, GradientsChanged, f.Cause, name)
		require.Contains(t, f.Evidence, c.evidence, name)
	}
}

// Where gradients are recorded a fraction that is turned round is told from them alone; of gradients that are all as long as another it isn't.
func TestGradientsByTheirLength(t *testing.T) {
	for name, c := range map[string]struct {
		lengths []float64
		factor  func(n float64) float64
		is      bool
	}{
		"turned round":           {[]float64{1, 2, 3, 4}, func(n float64) float64 { return min(1, n/3.5) }, true},
		"multiplied":             {[]float64{1, 2, 3, 4}, func(n float64) float64 { return 3 * n }, true},
		"clipped":                {[]float64{1, 2, 3, 4}, func(n float64) float64 { return min(1, 1/n) }, false},
		"most are as they were":  {[]float64{1, 2, 3, 4}, func(n float64) float64 { return min(1, n/1.5) }, false},
		"all as long":            {[]float64{1, 1, 1.01, 1}, func(n float64) float64 { return n / 3 }, false},
		"by something else":      {[]float64{1, 2, 3, 4}, func(n float64) float64 { return 0.1 * n * n }, false},
		"as they are":            {[]float64{1, 2, 3, 4}, func(float64) float64 { return 1 }, false},
		"short ones are as well": {[]float64{1, 2, 3, 4, 0.5}, func(n float64) float64 { return map[bool]float64{true: 1, false: n / 5}[n < 1] }, false},
	} {
		var ratios []float64
		for _, n := range c.lengths {
			ratios = append(ratios, c.factor(n))
		}
		_, is := byItsLength(ratios, c.lengths)
		require.Equal(t, c.is, is, name)
	}
}
