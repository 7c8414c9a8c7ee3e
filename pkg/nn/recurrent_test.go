package nn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// twin is a recurrent layer as plain loops in float64, for one row of the batch. Its weights are read as
// w(row, column).
type twin func(x [][]float64, units int, kernel, recurrent, bias func(i, j int) float64) []float64

func simpleRNNTwin(x [][]float64, units int, kernel, recurrent, bias func(i, j int) float64) []float64 {
	h := make([]float64, units)
	for _, now := range x {
		next := make([]float64, units)
		for j := range units {
			next[j] = math.Tanh(product(now, kernel, j) + bias(0, j) + product(h, recurrent, j))
		}
		h = next
	}
	return h
}

func lstmTwin(x [][]float64, units int, kernel, recurrent, bias func(i, j int) float64) []float64 {
	h, c := make([]float64, units), make([]float64, units)
	for _, now := range x {
		next := make([]float64, units)
		for j := range units {
			a := func(gate int) float64 {
				column := gate*units + j
				return product(now, kernel, column) + bias(0, column) + product(h, recurrent, column)
			}
			c[j] = sigmoid(a(1))*c[j] + sigmoid(a(0))*math.Tanh(a(2))
			next[j] = sigmoid(a(3)) * math.Tanh(c[j])
		}
		h = next
	}
	return h
}

func gruTwin(x [][]float64, units int, kernel, recurrent, bias func(i, j int) float64) []float64 {
	h := make([]float64, units)
	for _, now := range x {
		next := make([]float64, units)
		for j := range units {
			in := func(gate int) float64 { return product(now, kernel, gate*units+j) + bias(0, gate*units+j) }
			state := func(gate int) float64 { return product(h, recurrent, gate*units+j) + bias(1, gate*units+j) }
			z, r := sigmoid(in(0)+state(0)), sigmoid(in(1)+state(1))
			next[j] = z*h[j] + (1-z)*math.Tanh(in(2)+r*state(2))
		}
		h = next
	}
	return h
}

func product(v []float64, w func(i, j int) float64, column int) float64 {
	sum := 0.0
	for i := range v {
		sum += v[i] * w(i, column)
	}
	return sum
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// TestRecurrentTwins runs the layers on sequences long enough that their steps are cut in several halves.
func TestRecurrentTwins(t *testing.T) {
	const batch, time, features, units = 3, 11, 4, 5
	rng := rand.New(rand.NewPCG(1, 2))
	values := make([]float32, batch*time*features)
	for i := range values {
		values[i] = float32(2*rng.Float64() - 1)
	}
	uniform := nn.RandomUniform{Min: -0.5, Max: 0.5}
	for _, c := range []struct {
		name  string
		layer nn.Layer
		twin  twin
	}{
		{"simple_rnn", nn.SimpleRNN{Units: units, BiasInitializer: uniform}, simpleRNNTwin},
		{"gru", nn.GRU{Units: units, BiasInitializer: uniform}, gruTwin},
		{"lstm", nn.LSTM{Units: units, BiasInitializer: uniform}, lstmTwin},
	} {
		t.Run(c.name, func(t *testing.T) {
			onEachBackend(t, func(t *testing.T, b compute.Backend) {
				store := model.NewStore()
				got := mustRun(t, b, store, c.layer, false, tensor(values, batch, time, features))
				at := func(name string) func(i, j int) float64 {
					v := store.GetVariable("/layer/" + name)
					flat, dims := floats(t, v.MustValue()), v.Shape().Dimensions
					return func(i, j int) float64 { return float64(flat[i*dims[len(dims)-1]+j]) }
				}
				for row := range batch {
					x := make([][]float64, time)
					for step := range x {
						for f := range features {
							x[step] = append(x[step], float64(values[(row*time+step)*features+f]))
						}
					}
					want := c.twin(x, units, at("kernel"), at("recurrent_kernel"), at("bias"))
					for j, w := range want {
						if g := float64(got[row*units+j]); math.Abs(g-w) > 1e-5 {
							t.Errorf("row %d, unit %d: %g, the twin has %g", row, j, g, w)
						}
					}
				}
			})
		})
	}
}

// TestRecurrentReversal: reading a reversed sequence backwards is reading it.
func TestRecurrentReversal(t *testing.T) {
	const batch, time, features, units = 2, 5, 3, 4
	forward, reversed := make([]float32, batch*time*features), make([]float32, batch*time*features)
	for b := range batch {
		for s := range time {
			for f := range features {
				v := float32(math.Sin(float64(7*b + 3*s + f)))
				forward[(b*time+s)*features+f] = v
				reversed[(b*time+time-1-s)*features+f] = v
			}
		}
	}
	for _, pair := range [][2]nn.Layer{
		{nn.SimpleRNN{Units: units, ReturnSequences: true}, nn.SimpleRNN{Units: units, ReturnSequences: true, GoBackwards: true}},
		{nn.GRU{Units: units, ReturnSequences: true}, nn.GRU{Units: units, ReturnSequences: true, GoBackwards: true}},
		{nn.LSTM{Units: units, ReturnSequences: true}, nn.LSTM{Units: units, ReturnSequences: true, GoBackwards: true}},
	} {
		want := mustRun(t, pureGo(t), model.NewStore(), pair[0], false, tensor(forward, batch, time, features))
		got := mustRun(t, pureGo(t), model.NewStore(), pair[1], false, tensor(reversed, batch, time, features))
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("%T: value %d is %g backwards, %g forwards", pair[0], i, got[i], want[i])
			}
		}
	}
}

// TestLSTMForgetBias pins where the ones are.
func TestLSTMForgetBias(t *testing.T) {
	x := tensor(make([]float32, 2*3*4), 2, 3, 4)
	for _, c := range []struct {
		layer nn.Layer
		want  []float32
	}{
		{nn.LSTM{Units: 2}, []float32{0, 0, 1, 1, 0, 0, 0, 0}},
		{nn.LSTM{Units: 2, NoUnitForgetBias: true}, make([]float32, 8)},
		{nn.LSTM{Units: 2, BiasInitializer: nn.Constant{Value: 3}}, []float32{3, 3, 1, 1, 3, 3, 3, 3}},
	} {
		store := model.NewStore()
		mustRun(t, pureGo(t), store, c.layer, false, x)
		for i, got := range floats(t, store.GetVariable("/layer/bias").MustValue()) {
			if got != c.want[i] {
				t.Errorf("%+v: bias %d is %g, want %g", c.layer, i, got, c.want[i])
			}
		}
	}
}
