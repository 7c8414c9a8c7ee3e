package training_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// What is printed of standardizing runs on arrays of every rank, and makes what Go trained on of them: of rows, series, pictures with
// the channels last and first, and clips; of all rows, of those ahead of a split, and of validation rows of their own.
func TestPrintedStandardizingOfEveryRank(t *testing.T) {
	const rows, train = 20, 16
	first := nn.Sequential{nn.Conv2D{Filters: 2, KernelSize: []int{2, 2}, DataFormat: "channels_first"}, nn.Flatten{}, nn.Dense{Units: 1}}
	plain := nn.Sequential{nn.Flatten{}, nn.Dense{Units: 1}}
	var programs []string
	var want [][]float32
	for _, c := range []struct {
		row      []int
		model    nn.Layer
		features int // the axis of them
	}{
		{[]int{3}, plain, 1}, {[]int{5, 2}, plain, 2}, {[]int{5, 1}, plain, 2}, {[]int{8, 8, 1}, plain, 3}, {[]int{8, 8, 3}, plain, 3},
		{[]int{8, 6, 3}, first, 1}, {[]int{2, 3, 4, 2}, plain, 4},
	} {
		for _, constant := range []bool{false, true} {
			for _, exactly := range []bool{false, true} {
				for _, split := range []string{"", "share", "rows"} {
					d := dataset.Data{X: made(append([]int{rows}, c.row...), c.features, constant), Y: dataset.Array{Shape: []int{rows, 1}, Values: make([]float32, rows)}}
					given := training.Training{Model: c.model, Data: d, Optimizer: optim.Adam(1e-3), Loss: loss.MSE{}, Epochs: 1, BatchSize: 4}
					fitted := rows
					switch split {
					case "share":
						given.ValidationSplit, fitted = 0.2, train
					case "rows":
						given.Data, given.Validation = training.Training{Data: d, ValidationSplit: 0.2}.TrainData(), d
						fitted = train
					}
					require.Equal(t, fitted, given.TrainRows())
					treated, err := given.Prepare(training.StandardizeInputs{Exactly: exactly})
					require.NoError(t, err)
					code := training.Compare(given, treated).Keras
					requireAxes(t, code, len(c.row)+1, c.features)
					given.Start.From = "model.pt2"
					if len(c.row) != 3 { // PyTorch lays pictures out otherwise
						treated, err := given.Prepare(training.StandardizeInputs{Exactly: exactly})
						require.NoError(t, err)
						requireAxes(t, training.Compare(given, treated).Torch, len(c.row)+1, c.features)
					}
					var x strings.Builder
					require.NoError(t, json.NewEncoder(&x).Encode(d.X.Values))
					shape := strings.Trim(strings.ReplaceAll(fmt.Sprint(d.X.Shape), " ", ", "), "[]")
					programs = append(programs, fmt.Sprintf("x_val = np.array(%s, np.float32).reshape(%s)\nx = x_val[:%d]\n%s\nprint(json.dumps(x.ravel().tolist()))\n",
						strings.TrimSpace(x.String()), shape, given.Data.Rows(), code))
					want = append(want, treated.Data.X.Values)
				}
			}
		}
	}
	python := filepath.Join("..", "..", ".lab", "venv", "bin", "python")
	if _, err := os.Stat(python); err != nil {
		return // the axes are what can be looked at without Python
	}
	script := filepath.Join(t.TempDir(), "standardize.py")
	require.NoError(t, os.WriteFile(script, []byte("import json\nimport numpy as np\n"+strings.Join(programs, "")), 0o600))
	out, err := exec.Command(python, script).CombinedOutput()
	require.NoError(t, err, "%s", out)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, lines, len(programs))
	for i, line := range lines {
		var computed []float32
		require.NoError(t, json.Unmarshal([]byte(line), &computed))
		require.InDeltaSlice(t, want[i], computed, 1e-3, programs[i])
	}
}

// made is an array whose features, along an axis, each have a mean and a deviation of their own.
func made(shape []int, features int, constant bool) dataset.Array {
	a := dataset.Array{Shape: shape}
	n, inner := 1, 1
	for i, size := range shape {
		n *= size
		if i > features {
			inner *= size
		}
	}
	for i := range n {
		feature := i / inner % shape[features]
		v := float32(3*feature) + float32(i*37%101)/float32(10*(feature+1))
		if constant && feature == 0 {
			v = 2
		}
		a.Values = append(a.Values, v)
	}
	return a
}

// requireAxes reads the axes of every mean, deviation and range that is printed: all but that of the features, and where that
// isn't the last, with the axes kept, so that the result stands beside the array.
func requireAxes(t *testing.T, code string, axes, features int) {
	t.Helper()
	if axes == 2 {
		require.Regexp(t, `x(\[:16\])?\.mean\(0[,)]`, code)
		return
	}
	calls := regexp.MustCompile(`\((\d(?:, \d)+)\)(, keepdims=True)?`).FindAllStringSubmatch(code, -1)
	require.GreaterOrEqual(t, len(calls), 2, code)
	for _, call := range calls {
		over := map[int]bool{}
		for axis := range strings.SplitSeq(call[1], ", ") {
			n, err := strconv.Atoi(axis)
			require.NoError(t, err)
			over[n] = true
		}
		for axis := range axes {
			require.Equal(t, axis != features, over[axis], "axis %d of %d in %s", axis, axes, code)
		}
		require.Equal(t, features != axes-1, call[2] != "", code)
	}
}
