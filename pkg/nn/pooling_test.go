package nn_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// TestMaxPoolingAtTies: the first of equal values takes the gradient, those that only pad take none, and nothing becomes
// NaN where several of them lie side by side.
func TestMaxPoolingAtTies(t *testing.T) {
	onEachBackend(t, func(t *testing.T, b compute.Backend) {
		for _, c := range []struct {
			name string
			pool nn.Layer
		}{
			{"sliding", nn.MaxPooling2D{PoolSize: []int{3}, Strides: []int{2}, Padding: "same"}},
			{"adaptive", nn.AdaptiveMaxPooling2D{OutputSize: []int{2}}},
		} {
			exec, err := model.NewExec(b, model.NewStore(), func(scope *model.Scope, x *graph.Node) []*graph.Node {
				y := c.pool.Apply(scope, x)
				return append(graph.Gradient(graph.ReduceAllSum(y), x), y)
			})
			if err != nil {
				t.Fatal(err)
			}
			outputs, err := exec.Exec(tensor([]float32{-2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2, -2}, 1, 4, 4, 1))
			if err != nil {
				t.Fatal(err)
			}
			want := []float32{1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0}
			if got := floats(t, outputs[0]); !slices.Equal(got, want) {
				t.Errorf("%s: the gradient of equal values is %v, want %v", c.name, got, want)
			}
			if got := floats(t, outputs[1]); !slices.Equal(got, []float32{-2, -2, -2, -2}) {
				t.Errorf("%s: the largest of equal values is %v", c.name, got)
			}
		}
	})
}

// TestPoolingKeepsNaN: a NaN shows in each window that it lies under, and in no other.
func TestPoolingKeepsNaN(t *testing.T) {
	onEachBackend(t, func(t *testing.T, b compute.Backend) {
		for _, pool := range []nn.Layer{nn.MaxPooling1D{}, nn.AveragePooling1D{PoolSize: []int{2}}, nn.MaxPooling1D{Padding: "same"}, nn.AdaptiveMaxPooling1D{OutputSize: []int{3}}} {
			for at := range 2 {
				x := []float32{1, 2, 3, 4, 5, 6}
				x[2+at] = float32(math.NaN())
				for i, y := range mustRun(t, b, model.NewStore(), pool, false, tensor(x, 1, 6, 1)) {
					if math.IsNaN(float64(y)) != (i == 1) {
						t.Errorf("%#v of %v is %g at %d", pool, x, y, i)
					}
				}
			}
		}
	})
}

// TestLargestKeepsNaN is the same for what takes the largest or the smallest in another way.
func TestLargestKeepsNaN(t *testing.T) {
	onEachBackend(t, func(t *testing.T, b compute.Backend) {
		for at := range 3 {
			x := []float32{1, 2, 3}
			x[at] = float32(math.NaN())
			if y := mustRun(t, b, model.NewStore(), nn.GlobalMaxPooling1D{}, false, tensor(x, 1, 3, 1)); !math.IsNaN(float64(y[0])) {
				t.Errorf("the largest of %v is %g", x, y[0])
			}
		}
		for _, merge := range []nn.Layer{nn.Maximum{}, nn.Minimum{}} {
			both := nn.Func(func(scope *model.Scope, x *graph.Node) *graph.Node {
				return nn.ApplyAll(merge, scope, []*graph.Node{graph.SliceAxis(x, 1, graph.AxisElem(0)), graph.SliceAxis(x, 1, graph.AxisElem(1))})[0]
			})
			nan := float32(math.NaN())
			for i, y := range mustRun(t, b, model.NewStore(), both, false, tensor([]float32{nan, 1, 1, nan}, 2, 2)) {
				if !math.IsNaN(float64(y)) {
					t.Errorf("%T of NaN and 1 is %g in row %d", merge, y, i)
				}
			}
		}
	})
}

// TestGlobalMaxPoolingAtTies: equal values share the gradient.
func TestGlobalMaxPoolingAtTies(t *testing.T) {
	exec, err := model.NewExec(pureGo(t), model.NewStore(), func(scope *model.Scope, x *graph.Node) []*graph.Node {
		return graph.Gradient(graph.ReduceAllSum(nn.GlobalMaxPooling1D{}.Apply(scope, x)), x)
	})
	if err != nil {
		t.Fatal(err)
	}
	outputs, err := exec.Exec(tensor([]float32{3, 1, 3, 2, 0, 0}, 2, 3, 1))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := floats(t, outputs[0]), []float32{0.5, 0, 0.5, 1, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("the gradient is %v, want %v", got, want)
	}
}
