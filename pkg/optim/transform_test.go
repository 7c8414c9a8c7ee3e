package optim

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/require"
)

func norm(parts ...[]float32) float64 {
	sum := 0.0
	for _, p := range parts {
		for _, x := range p {
			sum += float64(x) * float64(x)
		}
	}
	return math.Sqrt(sum)
}

func randomValues(rng *rand.Rand, scale float64) values {
	draw := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(scale * rng.NormFloat64())
		}
		return x
	}
	return values{draw(6), draw(4)}
}

// requireParallel checks that a is b times a positive number.
func requireParallel(t *testing.T, a, b []float32) {
	t.Helper()
	dot := 0.0
	for i := range a {
		dot += float64(a[i]) * float64(b[i])
	}
	require.InEpsilon(t, norm(a)*norm(b), dot, 1e-6, "direction changed")
}

func requireAlike(t *testing.T, want, got []float32) {
	t.Helper()
	for i := range want {
		require.InDelta(t, want[i], got[i], 3e-7*math.Abs(float64(want[i])))
	}
}

// TestClips holds for any gradient: the limit is kept, a second clip changes nothing (beyond rounding), the
// direction stays, and what is within the limit isn't touched.
func TestClips(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, scale := range []float64{1e-6, 0.1, 1, 30, 1e6} {
		for _, limit := range []float64{0.01, 1, 50} {
			g := randomValues(rng, scale)
			most := limit * (1 + 1e-6)

			c := transformed(t, ClipByNorm{limit}, someWeights, g)
			again := transformed(t, ClipByNorm{limit}, someWeights, c)
			for _, p := range [][3][]float32{{g.kernel, c.kernel, again.kernel}, {g.bias, c.bias, again.bias}} {
				require.LessOrEqual(t, norm(p[1]), most)
				requireAlike(t, p[1], p[2])
				requireParallel(t, p[0], p[1])
				if norm(p[0]) < limit {
					requireAlike(t, p[0], p[1])
				}
			}

			c = transformed(t, ClipByGlobalNorm{Max: limit}, someWeights, g)
			again = transformed(t, ClipByGlobalNorm{Max: limit}, someWeights, c)
			both := func(v values) []float32 { return append(append([]float32{}, v.kernel...), v.bias...) }
			require.LessOrEqual(t, norm(c.kernel, c.bias), most)
			requireAlike(t, both(c), both(again))
			requireParallel(t, both(g), both(c))
			if norm(g.kernel, g.bias) < limit {
				requireAlike(t, both(g), both(c))
			}

			c = transformed(t, ClipByValue{limit}, someWeights, g)
			require.Equal(t, c, transformed(t, ClipByValue{limit}, someWeights, c))
			for i, x := range g.kernel {
				require.Equal(t, float32(max(-limit, min(limit, float64(x)))), c.kernel[i])
			}
		}
	}
}

func TestClipsAtTheEdge(t *testing.T) {
	zero := values{make([]float32, 6), make([]float32, 4)}
	nan := values{ramp(6, 1, 0), ramp(4, 100, 0)}
	nan.kernel[2] = float32(math.NaN())
	infinite := values{ramp(6, 1, 0), ramp(4, 1, 0)}
	infinite.kernel[0] = float32(math.Inf(-1))
	for _, c := range []Transform{ClipByNorm{1}, ClipByGlobalNorm{Max: 1}, ClipByValue{1}, AdaptiveClip{}, SkipNonFinite{}, Chain{}} {
		require.Equal(t, zero, transformed(t, c, someWeights, zero), "%T of zeros", c)
		require.True(t, hasNaN(transformed(t, c, someWeights, nan).kernel), "%T hides a NaN", c)
	}
	require.False(t, hasNaN(transformed(t, ClipByNorm{1}, someWeights, nan).bias))
	require.True(t, hasNaN(transformed(t, ClipByGlobalNorm{Max: 1}, someWeights, nan).bias))
	require.True(t, hasNaN(transformed(t, ClipByNorm{1}, someWeights, infinite).kernel))
	require.Equal(t, float32(-1), transformed(t, ClipByValue{1}, someWeights, infinite).kernel[0])
}

// TestAdaptiveClip compares with a plain loop over the columns of the kernel.
func TestAdaptiveClip(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	w, g := randomValues(rng, 1), randomValues(rng, 0.02)
	w.kernel[1], w.kernel[3], w.kernel[5] = 0, 0, 0 // the second column counts as Epsilon
	c := AdaptiveClip{Ratio: 0.02}
	got := transformed(t, c, w, g)
	column := func(x []float32, j int) []float32 { return []float32{x[j], x[j+2], x[j+4]} }
	check := func(w, g, got []float32) {
		limit := 0.02 * max(norm(w), 1e-3)
		for i := range g {
			want := float64(g[i])
			if norm(g) >= limit {
				want *= limit / norm(g)
			}
			require.InDelta(t, want, got[i], 1e-8)
		}
	}
	for j := range 2 {
		check(column(w.kernel, j), column(g.kernel, j), column(got.kernel, j))
	}
	check(w.bias, g.bias, got.bias)
}

func TestUnitNorm(t *testing.T) {
	exec, err := graph.NewExec(goBackend(t), func(x *graph.Node) *graph.Node { return unitNorm(x) })
	require.NoError(t, err)
	defer exec.Finalize()
	for _, c := range []struct{ shape, want []int }{
		{nil, nil}, {[]int{3}, []int{1}}, {[]int{3, 1}, []int{1, 1}}, {[]int{1, 3}, []int{1, 1}},
		{[]int{3, 2}, []int{1, 2}}, {[]int{3, 2, 4}, []int{1, 2, 4}}, {[]int{3, 3, 2, 4}, []int{1, 1, 1, 4}},
	} {
		size := 1
		for _, d := range c.shape {
			size *= d
		}
		out, err := exec.Call(tensors.FromFlatDataAndDimensions(ramp(size, 1, 1), c.shape...))
		require.NoError(t, err)
		require.ElementsMatch(t, c.want, out[0].Shape().Dimensions, "%v", c.shape)
	}
}

func TestChainKeepsOrder(t *testing.T) {
	g := values{ramp(6, 10, 0), ramp(4, 3, 0)}
	first := transformed(t, Chain{ClipByValue{2}, ClipByNorm{1}}, someWeights, g)
	second := transformed(t, Chain{ClipByNorm{1}, Chain{ClipByValue{2}}}, someWeights, g)
	byHand := transformed(t, ClipByNorm{1}, someWeights, transformed(t, ClipByValue{2}, someWeights, g))
	require.Equal(t, byHand, first)
	requireAlike(t, first.kernel, second.kernel) // all elements alike: here the order doesn't matter
	g.kernel[0] = -1
	require.NotEqual(t, transformed(t, Chain{ClipByValue{2}, ClipByNorm{1}}, someWeights, g),
		transformed(t, Chain{ClipByNorm{1}, ClipByValue{2}}, someWeights, g))
}

// forgetful is a transformation that loses a gradient.
type forgetful struct{}

func (forgetful) Apply(_ *model.Scope, _ []*model.Variable, g []*graph.Node) []*graph.Node {
	return g[:1]
}

func TestChainCountsGradients(t *testing.T) {
	s := &stepper{t: t, store: model.NewStore()}
	exec, err := model.NewExec(goBackend(t), s.store, func(scope *model.Scope, k, b *graph.Node) *graph.Node {
		kernel, bias := variables(scope.In("dense"), someWeights)
		return Chain{forgetful{}}.Apply(scope, []*model.Variable{kernel, bias}, []*graph.Node{k, b})[0]
	})
	require.NoError(t, err)
	_, err = exec.Call(tensors.FromFlatDataAndDimensions(someGradient.kernel, kernelShape...),
		tensors.FromFlatDataAndDimensions(someGradient.bias, biasShape...))
	require.ErrorContains(t, err, "optim.forgetful returned 1 gradients for 2 variables")
}

// TestLimitsAreVariables changes a limit without a new graph, and sees that a new graph sets it back.
func TestLimitsAreVariables(t *testing.T) {
	o := SGD(1).With(SkipNonFinite{}, Chain{ClipByNorm{1}}, AdaptiveClip{})
	require.Equal(t, map[string]float64{"transform_1/transform_0/max": 1, "transform_2/ratio": 0.01, "transform_2/epsilon": 1e-3}, o.Limits())
	s := newStepper(t, o, someWeights)
	s.step(someGradient)
	for path, value := range o.Limits() {
		require.Equal(t, []float32{float32(value)}, s.read("/optimizers/"+path))
	}

	s = newStepper(t, SGD(1).With(ClipByValue{1}), values{make([]float32, 6), make([]float32, 4)})
	g := values{ramp(6, 5, 0), ramp(4, 5, 0)}
	require.Equal(t, ramp(6, -1, 0), s.step(g).kernel)
	v := s.store.GetVariable("/optimizers/transform_0/max")
	require.NoError(t, v.SetValue(tensors.FromScalar(float32(3))))
	require.Equal(t, ramp(6, -4, 0), s.step(g).kernel)

	again := newStepperIn(t, s.store, SGD(1).With(ClipByValue{1}), someWeights)
	again.step(g)
	require.Equal(t, float32(1), v.MustValue().Value(), "a limit left over must not stay in force")
}
