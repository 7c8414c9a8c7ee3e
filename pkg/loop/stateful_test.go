package loop

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// statefulProgram is a model of one stateful layer, computed here with weights of its own.
func statefulProgram(t *testing.T) func() *program {
	layer := nn.Sequential{nn.SimpleRNN{Units: 2, Stateful: true}, nn.Dense{Units: 1}}
	m, err := fit.Compile(layer, optim.SGD(0.1), loss.MSE{}, fit.Options{Backend: gobackend.GetBackend()})
	require.NoError(t, err)
	require.NoError(t, m.BuildAll([]int{3, 1}))
	weights, err := m.Weights()
	require.NoError(t, err)
	var own []training.Weight
	for _, w := range weights {
		own = append(own, training.Weight{Path: w.Path, Array: dataset.Array{Shape: w.Shape, Values: w.Values}})
	}
	return func() *program {
		p := &program{backend: gobackend.GetBackend(), compared: map[string]bool{}, model: &recordedModel{
			layer: layer, inputs: 1, ranks: []int{2}, weights: own,
			converted: func(func(int) []float32) ([]training.Weight, error) { return own, nil },
		}}
		require.NoError(t, p.build())
		t.Cleanup(p.close)
		return p
	}
}

// A stateful layer goes on from step to step where outputs are computed here, and from none behind a reset that nobody saw; each step's
// gradient is of the states that its outputs were. A loss that neither tells leaves them going on.
func TestStatesGoOnFromStepToStep(t *testing.T) {
	made := statefulProgram(t)
	random := rand.New(rand.NewPCG(5, 6))
	for name, c := range map[string]struct {
		reset, other int // steps, from 0 on
	}{"reset ahead of the third": {2, -1}, "never reset": {-1, -1}, "another loss at the third": {-1, 2}} {
		r := &Recording{Framework: kerasFramework, Loss: json.RawMessage(`{"class": "mean_squared_error"}`), KerasLoss: json.RawMessage(`"mse"`)}
		truth, outputs := made(), map[int][]float32{}
		for k := range 5 {
			x, y := make([]float32, 12), []float32{1, -1, 2, 0}
			for n := range x {
				x[n] = float32(random.NormFloat64())
			}
			s := Step{Number: k + 1, values: map[string]dataset.Array{"x": {Shape: []int{4, 3, 1}, Values: x}, "y": {Shape: []int{4, 1}, Values: y}}}
			if k == c.reset {
				require.NoError(t, truth.putStates(nil))
			}
			require.NoError(t, truth.stand(&s))
			one := replayed{value: math.NaN()}
			r.replayLoss(&s, &one, truth.backend, func(says string, of ...any) { t.Fatalf(says, of...) })
			if outputs[k] = s.values["out/0"].Values; k == c.other {
				one.value += 0.5
			}
			s.Loss = &one.value
			delete(s.values, "out/0")
			r.Steps = append(r.Steps, s)
		}
		p := made()
		for k := range r.Steps {
			require.NoError(t, p.standOn(r, &r.Steps[k], p.backend), name)
			require.InDeltaSlice(t, outputs[k], r.Steps[k].values["out/0"].Values, 1e-6, "%s, step %d", name, k+1)
		}
		for k := len(r.Steps) - 1; k >= 0; k-- { // in whatever order
			s := &r.Steps[k]
			require.NoError(t, p.putStates(p.states[s.Number]))
			again, _, err := p.run(s.named("x"), nil, []dataset.Array{{Shape: []int{4, 1}, Values: make([]float32, 4)}})
			require.NoError(t, err)
			require.InDeltaSlice(t, outputs[k], again[0].Values, 1e-6, fmt.Sprintf("%s, step %d", name, k+1))
		}
	}
}
