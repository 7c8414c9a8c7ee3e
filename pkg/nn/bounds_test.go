package nn

import (
	"math"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
)

// The bounds that each activation claims hold, and are reached or come close, over a wide grid of inputs.
func TestBoundsAreTrueAndTight(t *testing.T) {
	backend, err := gobackend.New("")
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Finalize()
	var grid []float32
	for x := -60.0; x <= 60; x += 0.01 {
		grid = append(grid, float32(x))
	}
	all := []Activation{ReLU{MaxValue: 3}, ReLU{NegativeSlope: 0.1}, ReLU{Threshold: 2}, ELU{Alpha: 0.5}, ELU{Alpha: -0.5}, LeakyReLU{NegativeSlope: 0.2}, GELU{Approximate: true}, HardSigmoid{Steep: true}}
	for _, name := range activations.Names() {
		a, _ := activations.Find(name)
		_, unbound := a.(Sparsemax) // by rows of equal values, which are none of these
		if !Reshapes(a) && !unbound {
			all = append(all, a)
		}
	}
	for _, a := range all {
		low, high := Bounds(a)
		exec, err := graph.NewExec(backend, func(x *graph.Node) *graph.Node { return a.Activate(x) })
		if err != nil {
			t.Fatal(err)
		}
		var values []float32
		if ofLastAxis(a) { // rows of two
			out, err := exec.Call(pairs(grid))
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range out[0].Value().([][]float32) {
				values = append(values, row...)
			}
		} else {
			out, err := exec.Call(grid)
			if err != nil {
				t.Fatal(err)
			}
			values = out[0].Value().([]float32)
		}
		least, most := math.Inf(1), math.Inf(-1)
		for _, v := range values {
			least, most = min(least, float64(v)), max(most, float64(v))
		}
		const slack = 1e-4
		if least < low-slack || most > high+slack {
			t.Errorf("%#v claims [%g, %g] and reaches [%g, %g]", a, low, high, least, most)
		}
		if !math.IsInf(low, 0) && least > low+0.02 || !math.IsInf(high, 0) && most < high-0.02 {
			t.Errorf("%#v claims [%g, %g], but comes no nearer than [%g, %g]", a, low, high, least, most)
		}
		if math.IsInf(low, 0) && least > -5 || math.IsInf(high, 0) && most < 5 {
			t.Errorf("%#v claims no bound in [%g, %g], but stays within [%g, %g]", a, low, high, least, most)
		}
	}
}

// ofLastAxis reports whether an activation isn't one of each value by itself.
func ofLastAxis(a Activation) bool {
	switch a.(type) {
	case Softmax, LogSoftmax:
		return true
	}
	return false
}

func pairs(grid []float32) [][]float32 {
	out := make([][]float32, len(grid))
	for i, x := range grid {
		out[i] = []float32{x, -x}
	}
	return out
}

func TestBoundsOfLayers(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		layer     any
		low, high float64
	}{
		{Dense{Units: 1}, -inf, inf},
		{Dense{Units: 1, Activation: Sigmoid{}}, 0, 1},
		{SimpleRNN{Units: 1}, -1, 1},
		{LSTM{Units: 1}, -1, 1},
		{LSTM{Units: 1, Activation: ReLU{}}, 0, inf},
		{LSTM{Units: 1, RecurrentActivation: Linear{}}, -inf, inf},
		{GRU{Units: 1, Activation: Sigmoid{}}, 0, 1},
		{Frozen{Dense{Units: 1, Activation: Tanh{}}}, -1, 1},
		{Sequential{Dense{Units: 1}, Renamed{"p", Softmax{}}}, 0, 1},
		{Sequential{}, -inf, inf},
		{Dropout{}, -inf, inf},
	} {
		if low, high := Bounds(c.layer); low != c.low || high != c.high {
			t.Errorf("%#v: [%g, %g], want [%g, %g]", c.layer, low, high, c.low, c.high)
		}
	}
}

// within is 1 between two outputs and 0 outside.
func within(low, high float64) func(y float64) float64 {
	return func(y float64) float64 {
		if y <= low || y >= high {
			return 0
		}
		return 1
	}
}

// Beyond FlatBeyond the slope is below 6% of the steepest, and just inside it isn't.
func TestFlatBeyond(t *testing.T) {
	steepness := map[string]func(y float64) float64{ // share of the steepest slope, by the output
		"tanh":           func(y float64) float64 { return 1 - y*y },
		"sigmoid":        func(y float64) float64 { return 4 * y * (1 - y) },
		"hard_sigmoid":   within(0, 1),
		"sparse_sigmoid": within(0, 1),
		"hard_tanh":      within(-1, 1),
	}
	for _, name := range activations.Names() {
		a, _ := activations.Find(name)
		low, high, ok := FlatBeyond(Dense{Activation: a})
		slope := steepness[name]
		if ok != (slope != nil) {
			t.Errorf("%s: flat on both sides is %v", name, ok)
		}
		if !ok {
			continue
		}
		const limit = 1 - tanhFlat*tanhFlat
		for _, edge := range []struct{ inside, outside float64 }{{float64(low) * 1.0001, float64(low)*0.9999 - 1e-9}, {float64(high) * 0.9999, float64(high)*1.0001 + 1e-9}} {
			in, out := edge.inside, edge.outside
			if low < 0 && in == float64(low)*1.0001 { // further from zero is further out
				in, out = float64(low)*0.9999, float64(low)*1.0001
			}
			if slope(in) < limit-1e-6 || slope(out) > limit+1e-6 {
				t.Errorf("%s: slopes are %g inside at %g and %g outside at %g, want %g between", name, slope(in), in, slope(out), out, limit)
			}
		}
	}
	for _, l := range []Layer{GRU{}, LSTM{}, Dense{}, Func(nil)} {
		if _, _, ok := FlatBeyond(l); ok {
			t.Errorf("%T: what comes out isn't what a sigmoid or tanh gave", l)
		}
	}
	if _, _, ok := FlatBeyond(Sequential{Dense{}, Frozen{SimpleRNN{}}}); !ok {
		t.Error("a SimpleRNN ends in its tanh")
	}
}
