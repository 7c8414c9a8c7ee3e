package fit

import (
	"context"
	"fmt"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// A model that is built as one before it has bit for bit what it would have had as the first one, whatever the earlier one's seed,
// rate and limits were.
func TestBuiltAgain(t *testing.T) {
	nets := map[string]func() nn.Layer{
		"dense":   func() nn.Layer { return nn.Sequential{nn.Dense{Units: 3, Activation: nn.ReLU{}}, nn.Dense{Units: 1}} },
		"dropout": func() nn.Layer { return nn.Sequential{nn.Dense{Units: 3}, nn.Dropout{Rate: 0.5}, nn.Dense{Units: 1}} },
		"statistics": func() nn.Layer {
			return nn.Sequential{nn.Dense{Units: 3}, nn.BatchNormalization{}, nn.Dense{Units: 1}}
		},
		"an output from zero": func() nn.Layer { return nn.Sequential{nn.Dense{Units: 1, KernelInitializer: nn.Zeros{}}} },
	}
	clipped := func(o optim.Optimizer, limit float64) optim.Optimizer {
		return o.With(optim.ClipByNorm{Max: limit}, optim.ClipByValue{Max: 2 * limit})
	}
	optimizers := map[string]func(rate float64) optim.Optimizer{
		"adam": optim.Adam, "sgd": optim.SGD, "nadam": optim.Nadam, "rprop": optim.Rprop, "adagrad": optim.Adagrad,
		"schedule-free": optim.ScheduleFreeAdamW, "muon": optim.Muon, "asgd": optim.ASGD,
		"clipped":  func(rate float64) optim.Optimizer { return clipped(optim.RMSprop(rate), 100*rate) },
		"averaged": func(rate float64) optim.Optimizer { return optim.SGD(rate).WithEMA(0.9, 2).WithAccumulation(2) },
		"in groups": func(rate float64) optim.Optimizer {
			return clipped(optim.Adam(rate), rate).WithGroups(optim.Group{Weights: []string{"/dense/kernel"}, RateFactor: 0.1})
		},
		"by a schedule": func(rate float64) optim.Optimizer {
			return optim.Adam(0.5).WithSchedule(optim.Exponential{Initial: rate, Steps: 3, Decay: 0.5})
		},
	}
	data := dataset.Data{
		X: dataset.Array{Shape: []int{4, 2}, Values: []float32{1, 2, -1, 0, 3, 1, 0, 1}},
		Y: dataset.Array{Shape: []int{4, 1}, Values: []float32{1, 2, 3, 4}},
	}
	state := func(net, o string, seed int64, rate float64, epochs int, alone bool) string {
		m, err := Compile(nets[net](), optimizers[o](rate), loss.MSE{}, Options{
			Backend: gobackend.GetBackend(), Seed: seed, Metrics: []loss.Metric{loss.MAE{}},
		})
		require.NoError(t, err)
		if alone {
			m.programs = newPrograms(m.backend)
		}
		require.NoError(t, m.buildTraining([][]int{{2}}, [][]int{{1}}))
		if epochs > 0 {
			_, err = m.Fit(context.Background(), data, Config{Epochs: epochs, BatchSize: 2})
			require.NoError(t, err)
			require.NoError(t, m.download())
		}
		told := m.stateKey() + fmt.Sprint(m.layout)
		for i := range m.state.vars {
			values, err := m.state.valueOf(i)
			require.NoError(t, err)
			told += fmt.Sprintf("\n%v", values)
		}
		return told
	}
	for net := range nets {
		for o := range optimizers {
			t.Run(net+" "+o, func(t *testing.T) {
				for _, of := range []struct {
					seed   int64
					rate   float64
					epochs int
				}{{1, 0.25, 0}, {1, 0.25, 0}, {1, 0.01, 0}, {2, 0.01, 0}, {1, 0.01, 2}, {1, 0.01, 0}, {2, 0.25, 2}} {
					require.Equal(t, state(net, o, of.seed, of.rate, of.epochs, true), state(net, o, of.seed, of.rate, of.epochs, false), "%+v", of)
				}
			})
		}
	}
}

// from is a rule whose memory starts at a number that its program doesn't hold.
type from struct{ start float64 }

func (from) Validate() error            { return nil }
func (from) ProgramKey() (string, bool) { return "from somewhere", true }
func (f from) Update(s *optim.State, w, gradient *graph.Node) *graph.Node {
	return graph.Sub(w, s.Slot("memory", f.start).Value(w))
}

// Memory of which the programs don't tell where it starts is each model's own.
func TestMemoryOfAnotherRule(t *testing.T) {
	for _, start := range []float64{0, 1, 2, 0} {
		m, err := Compile(nn.Sequential{nn.Dense{Units: 1}}, optim.Optimizer{Rule: from{start}}, loss.MSE{}, Options{Backend: gobackend.GetBackend()})
		require.NoError(t, err)
		require.NoError(t, m.buildTraining([][]int{{2}}, [][]int{{1}}))
		value, err := float32sOf(m.store.GetVariable("/optimizers/memory/dense/bias"))
		require.NoError(t, err)
		require.Equal(t, []float32{float32(start)}, value)
	}
}

// Nothing is kept of a large model, nor of one that hides what it does; the last ones stay.
func TestWhatIsNotBuiltAgain(t *testing.T) {
	build := func(units int) *Model {
		m, err := Compile(nn.Sequential{nn.Dense{Units: units}}, optim.Adam(0.1), loss.MSE{}, Options{Backend: gobackend.GetBackend()})
		require.NoError(t, err)
		m.programs = newPrograms(m.backend)
		require.NoError(t, m.buildTraining([][]int{{10}}, [][]int{{units}}))
		return m
	}
	require.Len(t, build(10).programs.drawn.known, 2)
	require.Empty(t, build(largestDrawn).programs.drawn.known)
	hidden, err := Compile(nn.Func(nn.Dense{Units: 1}.Apply), optim.Adam(0.1), loss.MSE{}, Options{Backend: gobackend.GetBackend()})
	require.NoError(t, err)
	require.NoError(t, hidden.Build(10))
	require.Empty(t, hidden.programs.drawn.known)

	d := drawn{}
	for i := range 2 * mostDrawn {
		require.NoError(t, d.remember(build(2), fmt.Sprint(i), 0))
	}
	require.Len(t, d.known, mostDrawn)
	_, known := d.find("0")
	require.False(t, known)
	_, known = d.find(fmt.Sprint(mostDrawn))
	require.True(t, known)
	require.Equal(t, fmt.Sprint(mostDrawn), d.known[0].key)
}

// remembering is a transformation of another package with memory that begins where it says.
type remembering struct{ start float32 }

func (r remembering) Apply(scope *model.Scope, _ []*model.Variable, gradients []*graph.Node) []*graph.Node {
	start := scope.WithInitializer(func(g *graph.Graph, shape shapes.Shape) *graph.Node {
		return graph.Const(g, r.start)
	}).VariableWithShape("start", shapes.Make(dtypes.Float32)).SetTrainable(false)
	for i, g := range gradients {
		gradients[i] = graph.Add(g, start.NodeValue(g.Graph()))
	}
	return gradients
}

// ProgramKey leaves out what a variable holds.
func (remembering) ProgramKey() string { return "remembering" }

func TestOfOptim(t *testing.T) {
	other := remembering{}
	sgd := optim.SGD(1)
	require.True(t, ofOptim(sgd))
	require.True(t, ofOptim(sgd.With(optim.Chain{optim.ClipByNorm{Max: 1}}).WithGroups(optim.Group{Weights: []string{"/a"}, Rule: optim.Adam(1).Rule})))
	require.False(t, ofOptim(sgd.With(other)))
	require.False(t, ofOptim(sgd.With(optim.Chain{optim.ClipByNorm{Max: 1}, optim.Chain{other}})))
	require.False(t, ofOptim(sgd.WithGroups(optim.Group{Weights: []string{"/a"}, Transforms: []optim.Transform{other}})))
}

// TestMemoryOfOthersIsTheirOwn trains with a transformation that begins at 0 and then with one that begins at 1.
func TestMemoryOfOthersIsTheirOwn(t *testing.T) {
	data, err := dataset.Random(8, []int{2}, []int{1}, 1)
	require.NoError(t, err)
	end := func(start float32) float64 {
		m, err := Compile(nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.1).With(remembering{start}), loss.MSE{}, Options{Backend: gobackend.GetBackend(), Seed: 1})
		require.NoError(t, err)
		h, err := m.Fit(context.Background(), data, Config{Epochs: 2})
		require.NoError(t, err)
		return h.Loss()[1]
	}
	zero, one := end(0), end(1)
	require.NotEqual(t, zero, one)
	require.Equal(t, zero, end(0))
}
