package loop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// What makes the first number that isn't finite is told with its line, of its own step and where it lies in the model: of a loss that has
// risen before, and of inputs that are no numbers, it says nothing.
func TestWhereNumbersBeginNotToBeFinite(t *testing.T) {
	nan := float32(math.NaN())
	low, high := 1.0, 1e6
	made := func(x float32, losses ...float64) *Recording {
		r := &Recording{Framework: torchFramework, Origin: &Origin{Step: len(losses) + 1, Operation: "log", Layer: "gate (Gate)", Line: &Line{"model.py", 7, "return x.log()"}}}
		for i := range losses {
			r.Steps = append(r.Steps, Step{Number: i + 1, Loss: &losses[i]})
		}
		r.Steps = append(r.Steps, Step{Number: len(losses) + 1, LossNotFinite: true, Line: &Line{"train.py", 3, "watch(x, y, loss)"}, values: map[string]dataset.Array{
			"x": {Shape: []int{1, 1}, Values: []float32{x}}, "out/0": {Shape: []int{1, 1}, Values: []float32{nan}},
		}})
		return r
	}
	at := func(r *Recording) (string, string) {
		_, told, line := r.begins(len(r.Steps) - 1)
		return told, line.File
	}
	told, file := at(made(1, low, low))
	require.Equal(t, "model.py", file)
	require.Contains(t, told, "; the first is made by log in gate (Gate)")
	for name, r := range map[string]*Recording{"it rose": made(1, low, high), "inputs": made(nan, low, low)} {
		told, file = at(r)
		require.Equal(t, "train.py", file, name)
		require.NotContains(t, told, "log", name)
	}
	other := made(1, low, low)
	other.Origin.Step = 1
	_, file = at(other)
	require.Equal(t, "train.py", file)
	layer := made(1, low, low)
	layer.Origin.Line, layer.Origin.Back = nil, true
	told, file = at(layer)
	require.Equal(t, "train.py", file)
	require.Contains(t, told, "by the gradient of log in gate (Gate)")
}
