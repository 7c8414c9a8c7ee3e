package nn

import (
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
)

// A Parameter and Fixed give the same for each row, whatever the row holds.
func TestParameterAndFixed(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, l := range []Layer{
			Parameter{Shape: []int{2, 1}, Initializer: Constant{Value: 3}},
			Fixed{Shape: []int{2, 1}, Values: []float64{3, 3}},
		} {
			exec, err := model.NewExec(b, model.NewStore(), func(scope *model.Scope, x *graph.Node) *graph.Node { return l.Apply(scope, x) })
			require.NoError(t, err)
			out, err := exec.Call([][]float32{{1}, {7}, {0}})
			require.NoError(t, err)
			require.Equal(t, [][][]float32{{{3}, {3}}, {{3}, {3}}, {{3}, {3}}}, out[0].Value())
		}
	})
	for name, l := range map[string]interface {
		OutputShape(input ...int) ([]int, error)
	}{
		"no axis":         Parameter{},
		"no size":         Parameter{Shape: []int{2, 0}},
		"no numbers":      Fixed{Shape: []int{2}},
		"too few numbers": Fixed{Shape: []int{2}, Values: []float64{1}},
	} {
		_, err := l.OutputShape(4, 1)
		require.Error(t, err, name)
	}
}
