package callback_test

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/callback"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// root is NaN where its input is negative.
type root struct{}

func (root) Apply(_ *model.Scope, x *graph.Node) *graph.Node { return graph.Sqrt(x) }
func (root) Kind() string                                    { return "root" }

func TestTerminateOnNaNNamesTheLayer(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		// inputs are positive but for rows 33 and 37: the second dense passes on what comes in, and its root fails
		data := noise(t, 40)
		for _, row := range []int{33, 37} {
			for i := range 3 {
				data.X.Values[3*row+i] = -1
			}
		}
		net := nn.Sequential{
			nn.Dense{Units: 4, KernelInitializer: nn.Ones{}},
			nn.Sequential{nn.Dense{Units: 4, KernelInitializer: nn.Ones{}}, root{}},
			nn.Dense{Units: 1},
		}
		for _, options := range []fit.Options{{}, {Stepwise: true}, {MemoryLimit: 300}} {
			options.Backend = b
			m := compile(t, net, optim.SGD(0), options)
			stop := &callback.TerminateOnNaN{}
			h, err := m.Fit(ctx, data, fit.Config{Epochs: 5, BatchSize: 8, NoShuffle: true, Callbacks: []fit.Callback{stop}})
			require.NoError(t, err)
			require.Contains(t, h.Stopped, `the loss became NaN at epoch 1, step 5 (rows 34, 38): the first value that isn't finite is in the output of layer "sequential/root"`)
			found := stop.Found()
			require.Equal(t, []int{33, 37}, found.Rows)
			require.Equal(t, "sequential/root", found.Layer)
			require.Equal(t, 5, found.Step)
		}
	})
}

// The article's example at a rate that no float32 survives: the weights of the bad step are gone by the
// time anybody looks, and have to be computed again.
func TestTerminateOnNaNGoesBack(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		data := noise(t, 100)
		m := compile(t, small(), optim.SGD(1e10), fit.Options{Backend: b, Seed: 1})
		stop := &callback.TerminateOnNaN{}
		h, err := m.Fit(ctx, data, fit.Config{Epochs: 50, BatchSize: 10, Callbacks: []fit.Callback{stop}})
		require.NoError(t, err)
		found := stop.Found()
		require.NotNil(t, found)
		t.Log(h.Stopped)
		require.Contains(t, h.Stopped, "the loss became")
		bad := (found.Epoch-1)*10 + found.Step - 1
		for _, l := range h.Steps[:bad] {
			require.False(t, math.IsNaN(float64(l)) || math.IsInf(float64(l), 0))
		}
		require.Equal(t, float32(found.Loss), h.Steps[bad])

		// the model stands where a training of so many steps stands
		same := compile(t, small(), optim.SGD(1e10), fit.Options{Backend: b, Seed: 1, Stepwise: false})
		halt := &haltAt{step: bad}
		_, err = same.Fit(ctx, data, fit.Config{Epochs: 50, BatchSize: 10, Callbacks: []fit.Callback{halt}})
		require.NoError(t, err)
		if halt.weights != nil { // the engine stopped there, which it may not
			require.Equal(t, halt.weights, weightsOf(t, m))
		}
		if found.Weight == "" {
			for _, w := range weightsOf(t, m) {
				for _, v := range w.Values {
					require.False(t, v != v)
				}
			}
		}
	})
}

// haltAt looks at the weights after so many steps, where the engine pauses there.
type haltAt struct {
	step    int
	weights []fit.Weight
}

func (h *haltAt) Tick(r *fit.Run) error {
	if len(r.History.Steps) == h.step {
		h.weights, _ = r.Model.Weights()
		return fit.Stop
	}
	return nil
}

func TestTerminateOnNaNNamesTheWeight(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		m := compile(t, small(), optim.SGD(0), fit.Options{Backend: b})
		require.NoError(t, m.Build(3))
		require.NoError(t, m.SetWeight("/dense_1/bias", array([]float32{float32(math.Inf(1))}, 1)))
		stop := &callback.TerminateOnNaN{}
		_, err := m.Fit(ctx, noise(t, 8), fit.Config{Epochs: 2, Callbacks: []fit.Callback{stop}})
		require.NoError(t, err)
		require.Equal(t, "dense_1", stop.Found().Layer)
		require.Equal(t, "bias", stop.Found().Weight)
	})
}

func TestTerminateOnNaNNamesTheData(t *testing.T) {
	data := noise(t, 40)
	data.Y.Values[21] = nan32
	stop := &callback.TerminateOnNaN{}
	h, err := smallModel(t).Fit(ctx, data, fit.Config{Epochs: 2, BatchSize: 8, AllowNonFinite: true, Callbacks: []fit.Callback{stop}})
	require.NoError(t, err)
	require.Equal(t, []int{21}, stop.Found().Rows)
	require.Contains(t, h.Stopped, "(row 22): y is not finite there")
}

func TestTerminateOnNaNNamesTheLoss(t *testing.T) {
	m, err := fit.Compile(small(), optim.SGD(0), logLoss{}, fit.Options{Backend: goBackend})
	require.NoError(t, err)
	stop := &callback.TerminateOnNaN{}
	_, err = m.Fit(ctx, noise(t, 8), fit.Config{Callbacks: []fit.Callback{stop}})
	require.NoError(t, err)
	require.Contains(t, stop.Found().Error(), "the model's output is finite, its log is not")
}

// logLoss is +Inf.
type logLoss struct{}

func (logLoss) PerRow(_, predictions *graph.Node) *graph.Node {
	return graph.Neg(graph.Log(graph.ReduceSum(graph.MulScalar(predictions, 0), -1)))
}
func (logLoss) String() string { return "log" }

func TestTerminateOnNaNLeavesSoundTrainingsAlone(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		model := func() *fit.Model {
			return compile(t, small(), optim.Adam(1e-2), fit.Options{Backend: b, Seed: 9, Metrics: []loss.Metric{loss.MAE{}}})
		}
		plain, watched := model(), model()
		h1, err := plain.Fit(ctx, noise(t, 70), fit.Config{Epochs: 3})
		require.NoError(t, err)
		stop := &callback.TerminateOnNaN{}
		h2, err := watched.Fit(ctx, noise(t, 70), fit.Config{Epochs: 3, Callbacks: []fit.Callback{stop}})
		require.NoError(t, err)
		require.Nil(t, stop.Found())
		require.Equal(t, weightsOf(t, plain), weightsOf(t, watched))
		require.Equal(t, h1.Steps, h2.Steps)
		require.Equal(t, h1.Loss(), h2.Loss())
	})
}
