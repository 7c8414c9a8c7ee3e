package fit

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// counted is a program that knows whether it was freed.
type counted struct {
	compute.Executable
	freed int
}

func (c *counted) Finalize() { c.freed++ }

// The cache holds a bounded number of programs, the ones used last; one in use is never freed, and one that
// is freed is freed once.
func TestProgramsAreEvicted(t *testing.T) {
	p := newPrograms(gobackend.GetBackend())
	all := make([]*counted, 2*mostPrograms)
	get := func(i int) *program {
		u, err := p.get(fmt.Sprint(i), func() (compute.Executable, error) { all[i] = &counted{}; return all[i], nil })
		require.NoError(t, err)
		return u
	}
	held := get(0)
	for i := 1; i < len(all); i++ {
		get(1).release() // used again and again
		get(i).release()
	}
	require.Len(t, p.known, mostPrograms)
	require.Zero(t, all[0].freed, "it is in use")
	require.Zero(t, all[1].freed, "it was used last")
	require.Equal(t, 1, all[2].freed)
	held.release()
	held.release()
	require.Len(t, p.known, mostPrograms)
	require.Zero(t, p.known["0"].users)
	freed := 0
	for _, c := range all {
		freed += c.freed
	}
	require.Equal(t, len(all)-mostPrograms, freed)
}

// A failure is not remembered, nor is a compilation that panicked.
func TestFailedCompilationsAreForgotten(t *testing.T) {
	p := newPrograms(gobackend.GetBackend())
	full := errors.New("out of memory")
	_, err := p.get("a", func() (compute.Executable, error) { return nil, full })
	require.ErrorIs(t, err, full)
	require.Panics(t, func() { _, _ = p.get("a", func() (compute.Executable, error) { panic("graph") }) })
	require.Empty(t, p.known)
	u, err := p.get("a", func() (compute.Executable, error) { return &counted{}, nil })
	require.NoError(t, err)
	u.release()
}

// A backend that was closed is kept by nobody.
func TestClosedBackendsAreForgotten(t *testing.T) {
	ctx := context.Background()
	b, err := gobackend.New("")
	require.NoError(t, err)
	m := privateModel(t, b, nn.Dense{Units: 1})
	data, err := dataset.Random(8, []int{3}, []int{1}, 1)
	require.NoError(t, err)
	_, err = m.Fit(ctx, data, Config{})
	require.NoError(t, err)
	require.Contains(t, shared, b)
	b.Finalize()
	privateModel(t, gobackend.GetBackend(), nn.Dense{Units: 1})
	sharedMu.Lock()
	defer sharedMu.Unlock()
	require.NotContains(t, shared, b)
	runtime.KeepAlive(m)
}

func privateModel(t *testing.T, b compute.Backend, layers ...nn.Layer) *Model {
	t.Helper()
	m, err := Compile(nn.Sequential(layers), optim.Adam(1e-2), loss.MSE{}, Options{Backend: b, Seed: 1})
	require.NoError(t, err)
	return m
}

type scale float64

func (s scale) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return graph.MulScalar(x, float64(s))
}

type shift float64

func (s shift) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return graph.AddScalar(x, float64(s))
}

type secret int

func (secret) String() string { return "secret" }

type constantOf struct{ Init nn.Initializer }

func (c constantOf) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	values, _ := c.Init.Values(nil, 1)
	return graph.AddScalar(x, float64(values[0]))
}

type hidden struct{ By secret }

func (h hidden) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	return graph.AddScalar(x, float64(h.By))
}

type reader struct{}

func (reader) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	return graph.AddScalar(x, model.GetParamOr(scope, "by", 0.0))
}

func localLayers() (one, two nn.Layer) {
	one = func() nn.Layer { type layer struct{ scale }; return layer{1} }()
	two = func() nn.Layer { type layer struct{ shift }; return layer{1} }()
	return one, two
}

// What a program depends on is in its key: layers that print alike and compute differently share nothing, and
// what the model's variables and its store's parameters are like counts too.
func TestProgramsAreToldApart(t *testing.T) {
	ctx := context.Background()
	one, two := localLayers()
	for name, pair := range map[string][2]nn.Layer{
		"types of one value":      {scale(3), shift(3)},
		"types of one name":       {one, two},
		"numbers behind a String": {hidden{1}, hidden{2}},
		"initializers in graphs":  {constantOf{nn.Constant{Value: 1}}, constantOf{nn.Constant{Value: 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			x := dataset.Array{Shape: []int{1, 1}, Values: []float32{7}}
			for _, layer := range pair {
				b := gobackend.GetBackend()
				got, err := privateModel(t, b, layer).Predict(ctx, x)
				require.NoError(t, err)
				m, err := Compile(nn.Func(layer.Apply), optim.Adam(1e-2), loss.MSE{}, Options{Backend: b})
				require.NoError(t, err)
				want, err := m.Predict(ctx, x)
				require.NoError(t, err)
				require.Equal(t, want.Values, got.Values)
			}
		})
	}
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		data, err := dataset.Random(8, []int{3}, []int{1}, 1)
		require.NoError(t, err)
		for _, trainable := range []bool{true, false} {
			m := privateModel(t, b, nn.Dense{Units: 2}, nn.Dense{Units: 1}, reader{})
			require.NoError(t, m.Build(3))
			m.Store().GetVariable("/dense/kernel").SetTrainable(trainable)
			before, err := m.Weights()
			require.NoError(t, err)
			_, err = m.Fit(ctx, data, Config{})
			require.NoError(t, err)
			after, err := m.Weights()
			require.NoError(t, err)
			require.Equal(t, trainable, before[0].Values[0] != after[0].Values[0])
			first, err := m.Predict(ctx, data.X)
			require.NoError(t, err)
			m.Store().SetParam("by", 10.0)
			second, err := m.Predict(ctx, data.X)
			require.NoError(t, err)
			require.InDelta(t, first.Values[0]+10, second.Values[0], 1e-5)
		}
	})
}
