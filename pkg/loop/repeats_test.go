package loop

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A loop that calls watch twice in each step is judged by its steps, and is told so.
func TestWatchedTwice(t *testing.T) {
	for _, cause := range []Cause{Correct, GradientsAccumulate} {
		folder := unpacked(t, string(cause))
		content := func(name string) string {
			text, err := os.ReadFile(filepath.Join(folder, name))
			require.NoError(t, err)
			return string(text)
		}
		write := func(name, text string) {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644))
		}
		head := content(File)
		for n := 4; n >= 1; n-- { // each step with another behind it
			step, arrays := content(fmt.Sprintf("step-%03d.json", n)), content(fmt.Sprintf("step-%03d.npz", n))
			write(fmt.Sprintf("step-%03d.json", 2*n-1), strings.Replace(step, fmt.Sprintf(`"step": %d`, n), fmt.Sprintf(`"step": %d`, 2*n-1), 1))
			write(fmt.Sprintf("step-%03d.npz", 2*n-1), arrays)
			write(fmt.Sprintf("step-%03d.json", 2*n), fmt.Sprintf(`{"step": %d, "kept": true, "events": ["watch"], "loss": 1}`, 2*n))
		}
		write(File, strings.Replace(head, `"steps": 4`, `"steps": 8`, 1))
		r, err := Read(folder)
		require.NoError(t, err)
		report, err := Diagnose(t.Context(), r, Options{})
		require.NoError(t, err)
		require.Equal(t, cause, report.Cause)
		require.Contains(t, strings.Join(report.Unchecked, "\n"), "steps 2, 4, 6 and 8: watch was called again")
	}
}

// A loop whose forward pass is without gradients begins its steps with watch: a recording that ends with it has no repeat.
func TestLastStepOfPassesWithoutGradients(t *testing.T) {
	shifted := []string{"watch", "forward without gradients", "step"}
	r := &Recording{Steps: []Step{{Number: 1, Events: shifted}, {Number: 2, Events: shifted}, {Number: 3, Events: []string{"watch"}}}}
	r.withoutRepeats()
	require.Len(t, r.Steps, 3)
	require.Empty(t, r.Notes)

	r = &Recording{Steps: []Step{{Number: 1, Events: shifted}, {Number: 2, Events: shifted}, {Number: 3, Events: []string{"watch"}}, {Number: 4, Events: []string{"watch"}}}}
	r.withoutRepeats()
	require.Len(t, r.Steps, 3)
	require.Contains(t, r.Notes[0], "step 4: watch was called again")
}
