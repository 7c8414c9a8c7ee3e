package loop

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/targz"
)

// Of models that compute with the number of rows, or go by values, the gradients are replayed all the same, at each step that goes the
// way of the first; what goes another way is told and named no fault. A fault behind such a model is named.
func TestModelsThatGoBySizesAndValues(t *testing.T) {
	files, err := filepath.Glob("testdata/ways/*.tar.gz")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 34)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".tar.gz")
		way, fault, faulty := strings.Cut(name, ".")
		t.Run(name, func(t *testing.T) {
			r, err := Read(targz.Unpack(t, file))
			require.NoError(t, err)
			report, err := Diagnose(t.Context(), r, Options{Backend: gobackend.GetBackend()})
			require.NoError(t, err)
			if !faulty {
				require.Equal(t, Correct, report.Cause, "%v", report.Findings)
			} else {
				require.Equal(t, Cause(fault), report.Cause, "%v", report.Unchecked)
			}
			unchecked := strings.Join(report.Unchecked, "\n")
			switch {
			case slices.Contains([]string{"root_of_the_rows", "row_by_row"}, way):
				require.Contains(t, unchecked, "forward makes the number of rows a constant (")
				require.Contains(t, unchecked, "What to change:")
				return
			case way == "one_way_or_the_other":
				require.Contains(t, unchecked, "gives other outputs than were recorded")
				require.Contains(t, unchecked, "along the way that the first batch took")
				return
			}
			for _, row := range report.Steps {
				require.False(t, math.IsNaN(float64(row.GradientRatio)), "step %d: %s", row.Step, unchecked)
				if !faulty {
					require.InDelta(t, 1, float64(row.GradientRatio), 1e-4)
				}
			}
		})
	}
}
