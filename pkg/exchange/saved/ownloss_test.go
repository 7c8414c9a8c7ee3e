package saved

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
)

// Losses that users wrote have PyTorch's values before and at each step, the last batch being smaller than the others;
// ../torch/testdata/make_own_losses.py wrote them. What can't be read is told with the line that it is on.
func TestOwnLossesAreAsInPyTorch(t *testing.T) {
	folders, err := filepath.Glob("../torch/testdata/own/*")
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	read := 0
	for i, folder := range folders {
		name := filepath.Base(folder)
		t.Run(name, func(t *testing.T) {
			f, err := Find(folder, Files{})
			require.NoError(t, err)
			training, err := f.Read()
			if strings.HasPrefix(name, "refused_") {
				require.ErrorContains(t, err, "make_own_losses.py:")
				return
			}
			if name == "gaussian" { // which torch.export can't record
				require.ErrorContains(t, err, "torch.export couldn't record it")
				return
			}
			require.NoError(t, err)
			require.Equal(t, name, training.Loss.String())
			var want struct{ Steps []float64 }
			content, err := os.ReadFile(filepath.Join(folder, "losses.json"))
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(content, &want))
			check := func(t *testing.T, b compute.Backend) {
				require.NoError(t, run.CheckStart(t.Context(), training, fit.Options{Backend: b}))
				near := func(want, got float64, what string) {
					t.Helper()
					assert.InDelta(t, want, got, 1e-5*math.Max(1, math.Abs(want)), what)
				}
				m, err := run.New(training, fit.Options{Backend: b})
				require.NoError(t, err)
				mean, rows := 0.0, training.Data.Rows()
				for i, step := range want.Steps {
					batch := training.Data.Range(i*training.BatchSize, min((i+1)*training.BatchSize, rows))
					mean += step * float64(batch.Rows()) / float64(rows)
					h, err := m.Fit(t.Context(), batch, fit.Config{Epochs: 1, BatchSize: training.BatchSize, NoShuffle: true})
					require.NoError(t, err)
					near(step, h.Loss()[0], fmt.Sprint("step ", i+1))
				}
				whole, err := run.New(training, fit.Options{Backend: b}) // whose last batch is filled up
				require.NoError(t, err)
				h, err := whole.Fit(t.Context(), training.Data, run.Config(training))
				require.NoError(t, err)
				near(mean, h.Loss()[0], "an epoch")
			}
			read++
			t.Run("go", func(t *testing.T) { check(t, gobackend.GetBackend()) })
			if i%6 == 1 || os.Getenv("UNSTUCK_XLA") == "all" { // compiling takes most of the time
				t.Run("xla", func(t *testing.T) { check(t, backendtest.XLA(t)) })
			}
		})
	}
	require.GreaterOrEqual(t, read, 19)
}
