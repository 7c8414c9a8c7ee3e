package loop

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/targz"
)

// A compiled fit on JAX whose layers draw, whose loss is of the user's own, whose rows are weighted or whose model can't be saved is compared
// with what Keras computes beside it: a correct one is told as that, and one whose gradients are changed is named.
func TestComputedAside(t *testing.T) {
	files, err := filepath.Glob("testdata/aside/*.tar.gz")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 12)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".tar.gz")
		t.Run(name, func(t *testing.T) {
			r, err := Read(targz.Unpack(t, file))
			require.NoError(t, err)
			report, err := Diagnose(t.Context(), r, Options{Backend: gobackend.GetBackend()})
			require.NoError(t, err)
			if _, fault, is := strings.Cut(name, "."); is {
				require.Equal(t, Cause(fault), report.Cause, "%v", report.Unchecked)
				return
			}
			require.Equal(t, Correct, report.Cause, "%v %v", report.Unchecked, report.Remarks)
			for _, row := range report.Steps {
				require.False(t, math.IsNaN(float64(row.Replayed)), "step %d", row.Step)
				require.InDelta(t, 1, float64(row.UpdateRatio), 1e-3, "step %d", row.Step)
			}
		})
	}
}
