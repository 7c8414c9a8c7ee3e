package nn_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// identityRNN gives what its input, and with recurrent the state before, is after dropping.
func identityRNN(units int, recurrent nn.Initializer) nn.SimpleRNN {
	return nn.SimpleRNN{Units: units, Activation: nn.Linear{}, NoBias: true, ReturnSequences: true, KernelInitializer: nn.Identity{}, RecurrentInitializer: recurrent}
}

// A recurrent layer drops a share of the input, and of the state, the same in all steps of time, and scales up the rest;
// the next step of training draws anew, inference nothing.
func TestRecurrentDropout(t *testing.T) {
	const rows, time, units, rate = 50, 4, 80, 0.4
	input, state := identityRNN(units, nn.Zeros{}), identityRNN(units, nn.Identity{})
	input.Dropout, state.RecurrentDropout = rate, rate
	x := ones(rows * time * units)
	onEachBackend(t, func(t *testing.T, b compute.Backend) {
		for name, l := range map[string]nn.SimpleRNN{"input": input, "state": state} {
			store := model.NewStore()
			y := mustRun(t, b, store, l, true, tensor(x, rows, time, units))
			if again := mustRun(t, b, store, l, true, tensor(x, rows, time, units)); slices.Equal(y, again) {
				t.Errorf("%s: two steps of training draw the same", name)
			}
			dropped := 0
			for row := range rows {
				for unit := range units {
					at := func(step int) float64 { return float64(y[(row*time+step)*units+unit]) }
					factor := at(0) // of the input: all steps give 1·factor
					if name == "state" {
						factor = at(1) - 1
					}
					if math.Abs(factor) < 1e-6 {
						dropped++
					} else if math.Abs(factor-1/(1-rate)) > 1e-5 {
						t.Fatalf("%s: a factor is %g, must be 0 or %g", name, factor, 1/(1-rate))
					}
					want := factor
					for step := 1; step < time; step++ {
						if name == "state" {
							want = 1 + factor*at(step-1)
						}
						if math.Abs(at(step)-want) > 1e-4 {
							t.Fatalf("%s: step %d gives %g, with the factor %g of the others it were %g", name, step, at(step), factor, want)
						}
					}
				}
			}
			if share := float64(dropped) / (rows * units); math.Abs(share-rate) > 5*math.Sqrt(rate*(1-rate)/(rows*units)) {
				t.Errorf("%s: a share of %g is dropped, should be %g", name, share, rate)
			}
		}
	})
}

// Every gate draws factors of its own where states are dropped; layers that drop nothing but in training infer the same.
func TestDropoutOfGates(t *testing.T) {
	const rows, time, features = 3, 4, 5
	x := quantiles(rows * time * features)
	onEachBackend(t, func(t *testing.T, b compute.Backend) {
		for _, pair := range [][2]nn.Layer{
			{nn.LSTM{Units: 4}, nn.LSTM{Units: 4, Dropout: 0.3, RecurrentDropout: 0.3}},
			{nn.GRU{Units: 4}, nn.GRU{Units: 4, Dropout: 0.3, RecurrentDropout: 0.3}},
			{nn.GRU{Units: 4, NoResetAfter: true}, nn.GRU{Units: 4, NoResetAfter: true, RecurrentDropout: 0.3}},
			{nn.LSTM{Units: 4}, nn.LSTM{Units: 4, Dropout: 0.3}},
			{nn.MultiHeadAttention{NumHeads: 2, KeyDim: 3}, nn.MultiHeadAttention{NumHeads: 2, KeyDim: 3, Dropout: 0.3}},
			{nn.Attention{}, nn.Attention{Dropout: 0.3}},
		} {
			plain := mustRun(t, b, model.NewStore(), pair[0], true, tensor(x, rows, time, features))
			store := model.NewStore()
			if y := mustRun(t, b, store, pair[1], false, tensor(x, rows, time, features)); !slices.EqualFunc(y, plain, func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-6 }) {
				t.Errorf("%#v: inference isn't that of the layer without dropout", pair[1])
			}
			first := mustRun(t, b, store, pair[1], true, tensor(x, rows, time, features))
			second := mustRun(t, b, store, pair[1], true, tensor(x, rows, time, features))
			if slices.Equal(first, second) || slices.Equal(first, plain) {
				t.Errorf("%#v: training doesn't draw", pair[1])
			}
		}
	})
}

// ConvLSTM1D draws in training, anew in each step and the same in all steps of time, and nothing in inference.
func TestDropoutOfConvLSTM(t *testing.T) {
	const rows, time, extent, features = 3, 4, 5, 2
	x := quantiles(rows * time * extent * features)
	layer := nn.ConvLSTM1D{Filters: 3, KernelSize: []int{2}, DataFormat: "channels_first"}
	onEachBackend(t, func(t *testing.T, b compute.Backend) {
		plain := mustRun(t, b, model.NewStore(), layer, true, tensor(x, rows, time, features, extent))
		for _, dropped := range []struct{ input, state float64 }{{0.3, 0}, {0, 0.3}, {0.3, 0.3}} {
			l := layer
			l.Dropout, l.RecurrentDropout = dropped.input, dropped.state
			store := model.NewStore()
			near := func(a, b float32) bool { return math.Abs(float64(a-b)) < 1e-6 }
			if y := mustRun(t, b, store, l, false, tensor(x, rows, time, features, extent)); !slices.EqualFunc(y, plain, near) {
				t.Errorf("%v: inference isn't that of the layer without dropout", dropped)
			}
			first := mustRun(t, b, store, l, true, tensor(x, rows, time, features, extent))
			second := mustRun(t, b, store, l, true, tensor(x, rows, time, features, extent))
			if slices.Equal(first, second) || slices.Equal(first, plain) {
				t.Errorf("%v: training doesn't draw", dropped)
			}
		}
	})
}
