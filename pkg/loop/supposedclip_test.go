package loop

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// steppedBy are ten steps of SGD at 0.1 with gradients of one size and another, of which the optimizer was given what change makes of them.
func steppedBy(change func(own [][]float32) [][]float32) *Recording {
	random := rand.New(rand.NewPCG(1, 2))
	r := &Recording{
		Framework: torchFramework,
		Parameters: []Parameter{
			{Name: "a", Shape: []int{3, 4}, Trainable: true, Model: true}, {Name: "b", Shape: []int{4}, Trainable: true, Model: true},
		},
		Optimizers: []Optimizer{{Class: "SGD", Holds: [][]int{{0, 1}}, Groups: []map[string]json.RawMessage{{"lr": json.RawMessage("0.1")}}}},
	}
	of := func(i int, values []float32) dataset.Array {
		return dataset.Array{Shape: r.Parameters[i].Shape, Values: values}
	}
	drawn := func(n int, size float64) []float32 {
		values := make([]float32, n)
		for i := range values {
			values[i] = float32(size * random.NormFloat64())
		}
		return values
	}
	now := [][]float32{drawn(12, 1), drawn(4, 1)}
	for k := range 10 {
		size := 0.2 + 0.4*float64(k%5)
		own := [][]float32{drawn(12, size), drawn(4, size)}
		s := Step{Number: k + 1, View: viewWeights, Backwards: 1, Arrayed: true, Rates: [][]float64{{0.1}}, Stepped: []int{0, 1}, Events: []string{"step"}, values: map[string]dataset.Array{}}
		for i, g := range change(own) {
			s.before = append(s.before, of(i, now[i]))
			after := make([]float32, len(g))
			for n := range g {
				after[n] = now[i][n] - 0.1*g[n]
			}
			now[i] = after
			s.weights = append(s.weights, of(i, after))
			s.values[fmt.Sprintf("after/%d", i)], s.values[fmt.Sprintf("own/%d", i)] = of(i, after), of(i, own[i])
		}
		r.Steps = append(r.Steps, s)
	}
	return r
}

// By updates that are those of clipped gradients alone it is found how they were clipped, and at what; what is no clip isn't taken for one.
func TestUpdatesOfClippedGradients(t *testing.T) {
	clipped := func(kind int, limit float64) func(own [][]float32) [][]float32 {
		return func(own [][]float32) [][]float32 { return clips[kind].cut(own, limit) }
	}
	for name, c := range map[string]struct {
		change func(own [][]float32) [][]float32
		said   string
	}{
		"together":           {clipped(0, 1.5), "one norm of all together, about 1.5:"},
		"each":               {clipped(1, 0.7), "a norm each, about 0.7:"},
		"numbers":            {clipped(2, 0.3), "number by number, about 0.3:"},
		"never reached":      {clipped(0, 8), ""},
		"turned around":      {func(own [][]float32) [][]float32 { return signed(clipped(0, 1.5)(own), -1) }, "one norm of all together, about 1.5:"},
		"the first one left": {func(own [][]float32) [][]float32 { return [][]float32{own[0], signed(own[1:], 0.1)[0]} }, ""},
		"made longer": {func(own [][]float32) [][]float32 {
			if allNorm(own) < 3 {
				return signed(own, float32(3/allNorm(own)))
			}
			return own
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := steppedBy(c.change)
			said := r.supposeClip(gobackend.GetBackend())
			_, apart, ok := r.apart(gobackend.GetBackend())
			require.True(t, ok)
			if c.said == "" {
				require.Empty(t, said)
				for k := range r.Steps {
					require.Len(t, r.Steps[k].values, 4, "what was tried is taken back")
				}
				return
			}
			require.Contains(t, said, c.said)
			require.Less(t, median(apart), 1e-2, "the optimizer is taken to have seen them")
		})
	}
}
