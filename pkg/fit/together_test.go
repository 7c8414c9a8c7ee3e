package fit_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// variant is a training that differs from others in numbers.
type variant struct {
	optimizer optim.Optimizer
	seed      int64
	callbacks func() []fit.Callback
}

// plan is what variants have in common.
type plan struct {
	name   string
	net    nn.Layer
	loss   loss.Loss
	data   dataset.Data
	config fit.Config
	with   []variant
	metric []loss.Metric
	width  int
}

func (p plan) member(t *testing.T, b compute.Backend, v variant) fit.Member {
	t.Helper()
	m, err := fit.Compile(p.net, v.optimizer, p.loss, fit.Options{Backend: b, Seed: v.seed, Metrics: p.metric})
	require.NoError(t, err)
	c := p.config
	if v.callbacks != nil {
		c.Callbacks = v.callbacks()
	}
	return fit.Member{Model: m, Data: p.data, Config: c}
}

// rates are variants at several rates, the last of which diverges.
func rates(optimizer func(rate float64) optim.Optimizer) []variant {
	var all []variant
	for _, rate := range []float64{1e-4, 1e-3, 1e-2, 0.03, 1e30} {
		all = append(all, variant{optimizer: optimizer(rate), seed: 3})
	}
	return all
}

// seeds are variants with seeds of their own.
func seeds(o optim.Optimizer) []variant {
	var all []variant
	for seed := range 4 {
		all = append(all, variant{optimizer: o, seed: int64(seed)})
	}
	return all
}

func clips() []variant {
	var all []variant
	for i, limit := range []float64{1e-3, 0.1, 1, 10} {
		all = append(all, variant{optimizer: optim.SGD(0.1 * float64(i+1)).With(optim.ClipByNorm{Max: limit}), seed: int64(i)})
	}
	return all
}

func random(t *testing.T, rows int, x, y []int, classes int) dataset.Data {
	t.Helper()
	d, err := dataset.Random(rows, x, y, 5)
	require.NoError(t, err)
	for i, v := range d.Y.Values {
		if classes > 0 {
			d.Y.Values[i] = float32(math.Floor(float64(v) * float64(classes)))
		}
	}
	return d
}

func plans(t *testing.T) []plan {
	dense := func(a nn.Activation) nn.Sequential {
		return nn.Sequential{nn.Dense{Units: 8, Activation: a}, nn.Dense{Units: 1}}
	}
	regression, classes := random(t, 50, []int{6}, []int{1}, 0), random(t, 50, []int{6}, []int{1}, 3)
	of := func(r optim.Rule) func(float64) optim.Optimizer {
		return func(rate float64) optim.Optimizer { return optim.SGD(rate).WithRule(r) }
	}
	classifier := nn.Sequential{nn.Dense{Units: 8, Activation: nn.ELU{}}, nn.Dense{Units: 3, Activation: nn.Softmax{}}}
	epochs := fit.Config{Epochs: 4, BatchSize: 16}
	held := fit.Config{Epochs: 4, BatchSize: 16, ValidationSplit: 0.3}
	weighted := regression
	weighted.SampleWeight = make([]float32, weighted.Rows())
	for i := range weighted.SampleWeight {
		weighted.SampleWeight[i] = float32(i % 3)
	}
	return []plan{
		{name: "Adam", net: dense(nn.ReLU{}), loss: loss.MSE{}, data: regression, config: epochs, with: rates(optim.Adam)},
		{name: "SGD, held-out rows", net: dense(nn.Tanh{}), loss: loss.MAE{}, data: regression, config: held, with: rates(optim.SGD), metric: []loss.Metric{loss.RMSE{}}},
		{name: "momentum", net: dense(nn.Sigmoid{}), loss: loss.Huber{Delta: 1}, data: weighted, config: epochs, with: rates(of(optim.SGDRule{Momentum: 0.9, Nesterov: true}))},
		{name: "RMSprop, seeds", net: dense(nn.ReLU{}), loss: loss.MSE{}, data: regression, config: held, with: seeds(optim.RMSprop(0.01))},
		{name: "classes", net: classifier, loss: loss.SparseCategoricalCrossentropy{}, data: classes, config: held, with: seeds(optim.Adam(0.01)), metric: []loss.Metric{loss.Accuracy{}}},
		{name: "clipnorm", net: dense(nn.ReLU{}), loss: loss.MSE{}, data: regression, config: epochs, with: clips()},
		{name: "global norm", net: dense(nn.ReLU{}), loss: loss.MSE{}, data: regression, config: epochs, with: rates(func(r float64) optim.Optimizer { return optim.Adam(r).With(optim.ClipByGlobalNorm{Max: 0.1}) })},
		{name: "clipvalue, decay", net: dense(nn.ReLU{}), loss: loss.MSE{}, data: regression, config: epochs, with: rates(func(r float64) optim.Optimizer { return optim.AdamW(r).With(optim.ClipByValue{Max: 0.1}) })},
	}
}

// Trainings that run together give what they give one by one.
func TestTogetherIsOneByOne(t *testing.T) {
	for _, p := range plans(t) {
		t.Run(p.name, func(t *testing.T) {
			backendtest.Each(t, func(t *testing.T, b compute.Backend) { p.compare(t, b) })
		})
	}
}

func (p plan) compare(t *testing.T, b compute.Backend) {
	var members []fit.Member
	for _, v := range p.with {
		members = append(members, p.member(t, b, v))
	}
	together, err := fit.Together(context.Background(), members, p.width)
	require.NoError(t, err)
	require.Len(t, together, len(p.with))
	for i, v := range p.with {
		alone := p.member(t, b, v)
		want, err := alone.Model.Fit(context.Background(), p.data, alone.Config)
		require.NoError(t, err)
		require.NoError(t, together[i].Err)
		got := together[i].History
		for k, w := range want.Steps {
			near(t, float64(w), float64(got.Steps[k]), "loss of training %d, step %d", i, k)
		}
		require.Len(t, got.Epochs, len(want.Epochs))
		for k, e := range want.Epochs {
			near(t, e.Loss, got.Epochs[k].Loss, "loss of training %d, epoch %d", i, k)
			assert.Equal(t, e.LearningRate, got.Epochs[k].LearningRate)
			for name, v := range e.Metrics {
				near(t, v, got.Epochs[k].Metrics[name], "%s of training %d, epoch %d", name, i, k)
			}
			require.Equal(t, e.Validation == nil, got.Epochs[k].Validation == nil)
			if e.Validation != nil {
				near(t, e.Validation.Loss, got.Epochs[k].Validation.Loss, "validation loss of training %d, epoch %d", i, k)
			}
		}
		assert.Equal(t, want.Stopped, got.Stopped)
		wanted, err := alone.Model.Weights()
		require.NoError(t, err)
		weights, err := members[i].Model.Weights()
		require.NoError(t, err)
		for k, w := range wanted {
			for n, x := range w.Values {
				near(t, float64(x), float64(weights[k].Values[n]), "weight %s[%d] of training %d", w.Path, n, i)
			}
		}
	}
}

// near compares numbers up to 1e-6 of them; what has grown beyond all measure has in both.
func near(t *testing.T, want, got float64, message string, args ...any) {
	t.Helper()
	if vast := func(x float64) bool { return !(math.Abs(x) < 1e6) }; vast(want) || vast(got) {
		assert.Equal(t, vast(want), vast(got), append([]any{message}, args...)...)
		return
	}
	assert.InDelta(t, want, got, 1e-6*max(1, math.Abs(want)), append([]any{message}, args...)...)
}

// Callbacks of each training see, change and stop it as if it were alone; those that stop leave the others alone.
func TestTogetherHasCallbacks(t *testing.T) {
	base := plans(t)[1]
	base.config.Epochs = 12
	stopping := func(after int) func() []fit.Callback {
		return func() []fit.Callback {
			return []fit.Callback{fit.OnEpochEnd(func(r *fit.Run) error {
				if r.Epoch == after {
					return fit.Stop
				}
				return nil
			})}
		}
	}
	shrinking := func() []fit.Callback {
		return []fit.Callback{fit.OnEpochEnd(func(r *fit.Run) error {
			r.SetLearningRate(r.LearningRate() / 2)
			weights, err := r.Model.Weights()
			if err != nil {
				return err
			}
			var halves []dataset.Array
			for _, w := range weights {
				for i := range w.Values {
					w.Values[i] /= 2
				}
				halves = append(halves, dataset.Array{Shape: w.Shape, Values: w.Values})
			}
			return r.SetWeights(halves)
		})}
	}
	looking := func() []fit.Callback {
		return []fit.Callback{fit.OnEpochEnd(func(r *fit.Run) error {
			_, err := r.Model.Evaluate(r.Context(), base.data)
			return err
		})}
	}
	base.with = []variant{
		{optimizer: optim.SGD(0.01), callbacks: stopping(2)},
		{optimizer: optim.SGD(0.02), callbacks: shrinking},
		{optimizer: optim.SGD(0.03)},
		{optimizer: optim.SGD(0.03), seed: 4, callbacks: looking},
		{optimizer: optim.SGD(0.03), seed: 5, callbacks: stopping(5)},
	}
	backendtest.Each(t, func(t *testing.T, b compute.Backend) { base.compare(t, b) })
}

// A callback that goes back to where NaN came from leaves the group, and finds what it finds alone.
func TestTogetherTracesNonFinite(t *testing.T) {
	base := plans(t)[1]
	base.config.Epochs = 6
	tracing := func() []fit.Callback { return []fit.Callback{&callback.TerminateOnNaN{}} }
	early := func() []fit.Callback { return []fit.Callback{&callback.EarlyStopping{Patience: 1, RestoreBest: true}} }
	base.with = []variant{
		{optimizer: optim.SGD(1e30), callbacks: tracing}, {optimizer: optim.SGD(0.01), callbacks: tracing},
		{optimizer: optim.SGD(0.3), callbacks: early}, {optimizer: optim.SGD(0.02)},
	}
	backendtest.Each(t, func(t *testing.T, b compute.Backend) { base.compare(t, b) })
}

// What is drawn in a step, too, is drawn as it is alone: from one state where seeds are the same, and from each one's own.
func TestTogetherDrawsDropout(t *testing.T) {
	base := plans(t)[0]
	base.net = nn.Sequential{nn.Dense{Units: 8, Activation: nn.ReLU{}}, nn.Dropout{Rate: 0.3}, nn.BatchNormalization{}, nn.Dense{Units: 1}}
	for name, with := range map[string][]variant{"rates": rates(optim.SGD)[:4], "seeds": seeds(optim.SGD(0.01))} {
		base.with = with
		t.Run(name, func(t *testing.T) {
			backendtest.Each(t, func(t *testing.T, b compute.Backend) { base.compare(t, b) })
		})
	}
}

// A program for more trainings than there are gives the same numbers.
func TestTogetherFillsUp(t *testing.T) {
	base := plans(t)[4]
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		few := base
		few.width, few.with = 7, base.with[1:]
		few.compare(t, b)
	})
}

// What can't run together says so, before a callback is told anything.
func TestTogetherSaysWhyNot(t *testing.T) {
	base := plans(t)[0]
	member := func(change func(*plan)) fit.Member {
		p := base
		change(&p)
		return p.member(t, gobackend.GetBackend(), p.with[0])
	}
	begun := 0
	first := member(func(p *plan) { p.config.Callbacks = []fit.Callback{beginning{&begun}} })
	for reason, other := range map[string]fit.Member{
		"hides what it does":    member(func(p *plan) { p.net = nn.Func(nn.Dense{Units: 1}.Apply) }),
		"losses or backends":    member(func(p *plan) { p.net = nn.Sequential{nn.Dense{Units: 1}} }),
		"epochs":                member(func(p *plan) { p.config.Epochs = 3 }),
		"different data":        member(func(p *plan) { p.data = random(t, 50, []int{6}, []int{1}, 2) }),
		"they keep checkpoints": member(func(p *plan) { p.config.Checkpoint.Path = "x" }),
		"model of another one":  first,
		"for several replicas":  member(func(p *plan) {}),
	} {
		width := 0
		others := []fit.Member{first, other}
		if strings.Contains(reason, "replicas") {
			large := base
			large.net = nn.Sequential{nn.Dense{Units: 600}, nn.Dense{Units: 600}, nn.Dense{Units: 1}}
			others = []fit.Member{large.member(t, gobackend.GetBackend(), base.with[0]), large.member(t, gobackend.GetBackend(), variant{optimizer: base.with[1].optimizer, seed: 9})}
			others[0].Config.Callbacks, width = first.Config.Callbacks, 100
		}
		_, err := fit.Together(context.Background(), others, width)
		require.ErrorContains(t, err, reason)
	}
	assert.Zero(t, begun)
}

type beginning struct{ times *int }

func (b beginning) Begin(*fit.Run) error { *b.times++; return nil }
