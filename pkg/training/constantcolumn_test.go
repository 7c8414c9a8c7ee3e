package training_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// What is printed of standardizing makes of the data what was trained on, to rounding: of a column, too, whose value float32 can't
// hold the mean of, and of rows in which it is another.
func TestPrintedStandardizingIsTheOneThatWasRun(t *testing.T) {
	python := filepath.Join("..", "..", ".lab", "venv", "bin", "python")
	const rows, train = 1003, 902
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, 3}}, Y: dataset.Array{Shape: []int{rows, 1}, Values: make([]float32, rows)}}
	for i := range rows {
		constant := float32(12345.678)
		if i >= train {
			constant = 12346
		}
		d.X.Values = append(d.X.Values, float32(i), constant, 0.1)
	}
	given := training.Training{Model: nn.Sequential{nn.Dense{Units: 1}}, Data: d, Optimizer: optim.Adam(1e-3), Loss: loss.MSE{}, Epochs: 1, BatchSize: 32, ValidationSplit: 0.1}
	require.Equal(t, train, given.TrainRows())
	treated, err := given.Prepare(training.StandardizeInputs{})
	require.NoError(t, err)
	code := training.Compare(given, treated).Keras
	require.Contains(t, code, "np.where(np.ptp(x[:902], 0) > 0, x[:902].std(0), 1)")
	if _, err := os.Stat(python); err != nil {
		return // the text is what can be looked at without Python
	}
	program := fmt.Sprintf("import json\nimport numpy as np\nx = np.stack([np.arange(%d), np.where(np.arange(%d) < %d, 12345.678, 12346), np.full(%d, 0.1)], 1).astype(np.float32)\n%s\nprint(json.dumps(x.ravel().tolist()))\n", rows, rows, train, rows, code)
	out, err := exec.Command(python, "-c", program).Output()
	require.NoError(t, err, program)
	var computed []float64
	require.NoError(t, json.Unmarshal([]byte(strings.TrimSpace(string(out))), &computed))
	for i, v := range treated.Data.X.Values {
		require.InDelta(t, v, computed[i], 0.1, "row %d, column %d", i/3, i%3) // float32's mean of 12345.678 is 0.05 off
	}
}

// Printed for columns of which float32 holds neither the mean nor the square it is computed in float64, and makes the same of them too.
func TestExactStandardizingIsTheOneThatWasRun(t *testing.T) {
	python := filepath.Join("..", "..", ".lab", "venv", "bin", "python")
	const rows = 1000
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, 4}}, Y: dataset.Array{Shape: []int{rows, 1}, Values: make([]float32, rows)}}
	for i := range rows {
		v := float32(i*7%rows) / rows
		d.X.Values = append(d.X.Values, 3e9+2000*v, 1e20*v, 1e-30*v, 1e20)
	}
	given := training.Training{Model: nn.Sequential{nn.Dense{Units: 1}}, Data: d, Optimizer: optim.Adam(1e-3), Loss: loss.MSE{}, Epochs: 1, BatchSize: 32, ValidationSplit: 0.1}
	treated, err := given.Prepare(training.StandardizeInputs{Exactly: true})
	require.NoError(t, err)
	code := training.Compare(given, treated).Keras
	require.Contains(t, code, `x[:900].mean(0, dtype="float64")) / np.where(np.ptp(x[:900], 0) > 0, x[:900].std(0, dtype="float64"), 1)).astype("float32")`)
	if _, err := os.Stat(python); err != nil {
		return // the text is what can be looked at without Python
	}
	program := fmt.Sprintf("import json\nimport numpy as np\nv = ((np.arange(%d) * 7 %% %d).astype(np.float32) / np.float32(%d))\n"+
		"x = np.stack([np.float32(3e9) + np.float32(2000) * v, np.float32(1e20) * v, np.float32(1e-30) * v, np.full(%d, 1e20, np.float32)], 1)\n%s\nprint(json.dumps(x.ravel().tolist()))\n", rows, rows, rows, rows, code)
	out, err := exec.Command(python, "-c", program).Output()
	require.NoError(t, err, program)
	var computed []float64
	require.NoError(t, json.Unmarshal([]byte(strings.TrimSpace(string(out))), &computed))
	for i, v := range treated.Data.X.Values {
		require.InDelta(t, v, computed[i], 1e-5, "row %d, column %d", i/4, i%4)
	}
}
