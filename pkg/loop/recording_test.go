package loop

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A recording that isn't whole, or no recording, is refused with the file's name, and never makes a panic.
func TestHostileRecordings(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		to   func(content string) string // nil: the file is removed
		says string
	}{
		"no recording":         {File, nil, "recording.json is missing: the recording isn't whole"},
		"not JSON":             {File, func(string) string { return "no" }, "recording.json: not as unstuck.watch writes it"},
		"of another format":    {File, with(`"format": 1`, `"format": 7`), "format 7: this reads formats 1 and 2"},
		"of another framework": {File, with(`"framework": "torch"`, `"framework": "jax"`), `framework "jax"`},
		"without steps":        {File, with(`"steps": 4`, `"steps": 0`), "no step was recorded"},
		"cut off at the first": {File, func(s string) string {
			return with(`"ended": true`, `"ended": false`)(with(`"steps": 4`, `"steps": 0`)(s))
		}, "recording stopped early: a step was written in part, or this file could not be completed"},
		"too many steps":        {File, with(`"steps": 4`, `"steps": 1000000`), "at most 256 are read"},
		"more steps than files": {File, with(`"steps": 4`, `"steps": 5`), "step-005.json is missing"},
		"a step is missing":     {"step-002.json", nil, "step-002.json is missing"},
		"a step of another":     {"step-002.json", with(`"step": 2`, `"step": 3`), "holds step 3"},
		"no such parameter":     {"step-002.json", with(`"stepped": [`, `"stepped": [ 99,`), "there is no parameter 99"},
		"a negative one":        {File, with(`"holds": [`, `"holds": [[-1],`), "parameter"},
		"arrays are missing":    {"step-003.npz", nil, "step-003.npz"},
		"arrays are cut off":    {"step-003.npz", func(s string) string { return s[:len(s)/2] }, "step-003.npz"},
		"arrays are empty":      {"step-003.npz", func(string) string { return "" }, "step-003.npz"},
		"an array isn't there":  {"step-001.json", with(`"own/0"`, `"own/77"`), "step-001.npz"},
		"of another parameter":  {File, with(`"shape": [`, `"shape": [ 2,`), "not of its shape"},
		"a shape beyond all":    {File, with(`"shape": [`, `"shape": [ 4000000000, 4000000000,`), "parameter 0 can't have the shape"},
		"a negative shape":      {File, with(`"shape": [`, `"shape": [ -1,`), "parameter 0 can't have the shape"},
		"very many parameters": {File, func(s string) string {
			at := strings.Index(s, "\"parameters\": [\n  {")
			end := at + strings.Index(s[at:], "\n ]")
			return s[:end] + strings.Repeat(",{}", maxKept/4) + s[end:]
		}, "parameters are followed, counted at every step"},
		"very long": {File, func(s string) string { return s + strings.Repeat(" ", maxJSON) }, "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := unpacked(t, "loop-correct")
			path := filepath.Join(folder, c.file)
			if c.to == nil {
				require.NoError(t, os.Remove(path))
			} else {
				content, err := os.ReadFile(path)
				require.NoError(t, err)
				changed := c.to(string(content))
				require.NotEqual(t, string(content), changed)
				require.NoError(t, os.WriteFile(path, []byte(changed), 0o644))
			}
			_, err := Read(folder)
			require.ErrorContains(t, err, c.says)
		})
	}
}

func with(old, new string) func(string) string {
	return func(content string) string { return strings.Replace(content, old, new, 1) }
}

// Without its model, or with one that is cut off, a recording is judged by what is left, and the report says what wasn't checked.
func TestWithoutTheModel(t *testing.T) {
	for _, broken := range []string{"", "PK\x03\x04 cut off"} {
		for _, cause := range []Cause{GradientsAccumulate, Broadcast, WrongParameters, Correct} {
			folder := unpacked(t, string(cause))
			require.NoError(t, os.WriteFile(filepath.Join(folder, "model.pt2"), []byte(broken), 0o644))
			r, err := Read(folder)
			require.NoError(t, err)
			if cause == Correct { // nothing was compared that a hook may have changed, and whether there are any isn't known of older recordings
				report, err := Diagnose(t.Context(), r, Options{})
				require.NoError(t, err)
				require.Equal(t, Undecided, report.Cause)
			}
			r.GradientHooks = []string{}
			report, err := Diagnose(t.Context(), r, Options{})
			require.NoError(t, err)
			require.Equal(t, cause, report.Cause)
			require.Contains(t, strings.Join(report.Unchecked, "\n"), "gradients through the model: ")
		}
	}
}

// Steps are listed with runs of them as one.
func TestStepsAsText(t *testing.T) {
	for want, numbers := range map[string][]int{
		"step 3":                  {3},
		"steps 1 and 2":           {1, 2},
		"steps 1 to 4, 7 and 9":   {1, 2, 3, 4, 7, 9},
		"steps 2, 4, 5 and 8":     {2, 4, 5, 8},
		"steps 10 to 12":          {10, 11, 12},
		"steps 1 to 3 and 5 to 7": {1, 2, 3, 5, 6, 7},
	} {
		require.Equal(t, want, stepsText(numbers))
	}
}

// Of a loss that takes reshaped outputs the recorder couldn't save an ordinary training: that isn't said of losses that were all replayed.
func TestLossThatTakesThemReshaped(t *testing.T) {
	for _, replayed := range []bool{true, false} {
		folder := unpacked(t, "loop-correct")
		path := filepath.Join(folder, File)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		r := strings.Replace(string(content), `"notes": [`, `"notes": ["`+lossAsItIs+`other sizes"`, 1)
		require.NotEqual(t, string(content), r)
		require.NoError(t, os.WriteFile(path, []byte(r), 0o644))
		read, err := Read(folder)
		require.NoError(t, err)
		if !replayed {
			read.Loss, read.Losses, read.Steps[1].Claimed = nil, nil, nil
		}
		require.Contains(t, read.Unexamined(), "can't go on with this loss: "+lossAsItIs+"other sizes")
		report, err := Diagnose(t.Context(), read, Options{})
		require.NoError(t, err)
		said := strings.Join(report.Unchecked, "\n")
		require.Equal(t, replayed, !strings.Contains(said, "other sizes"), said)
		require.Equal(t, replayed, !strings.Contains(said, "the ordinary diagnosis of the model and its data, which can't go on with this loss"), said)
	}
}
