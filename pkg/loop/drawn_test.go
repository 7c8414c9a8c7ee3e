package loop

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/targz"
	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
)

// drawnRecordings are of loops whose models draw, which make_drawn_recordings.py wrote.
func drawnRecordings(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/drawn/*.tar.gz")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 11)
	return files
}

// changedSteps is a recording with the JSON of its steps changed.
func changedSteps(t *testing.T, file string, change func(step map[string]any)) *Recording {
	t.Helper()
	folder := targz.Unpack(t, file)
	steps, err := filepath.Glob(filepath.Join(folder, "step-*.json"))
	require.NoError(t, err)
	for _, path := range steps {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		var step map[string]any
		require.NoError(t, json.Unmarshal(content, &step))
		change(step)
		content, err = json.Marshal(step)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, content, 0o644))
	}
	r, err := Read(folder)
	require.NoError(t, err)
	return r
}

func replayedOf(t *testing.T, r *Recording, b compute.Backend) *replays {
	t.Helper()
	all, err := r.replay(t.Context(), b)
	require.NoError(t, err)
	if all.program != nil {
		t.Cleanup(all.program.close)
	}
	return all
}

// With the masks and the noise that PyTorch drew, the model computed here gives PyTorch's outputs, and the claimed loss its gradients.
func TestReplayAgreesBehindDraws(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, file := range drawnRecordings(t) {
			t.Run(filepath.Base(file), func(t *testing.T) {
				r, err := Read(targz.Unpack(t, file))
				require.NoError(t, err)
				all := replayedOf(t, r, b)
				require.Empty(t, all.unchecked)
				for k, one := range all.steps {
					require.True(t, r.Steps[k].Draws)
					require.Less(t, one.output, 1e-5, "step %d", k+1)
					require.InEpsilon(t, *r.Steps[k].Loss, one.value, 1e-5, "step %d", k+1)
					require.Greater(t, one.own.bb, 0.0)
					require.InDelta(t, 1, one.own.ratio(), 1e-4, "step %d", k+1)
					require.Less(t, one.own.apart(), 1e-4, "step %d", k+1)
				}
			})
		}
	})
}

// Faults behind layers that draw are named, and where there is none nothing is.
func TestCausesBehindDraws(t *testing.T) {
	for _, file := range drawnRecordings(t) {
		_, want, faulty := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".tar.gz"), ".")
		if !faulty {
			want = string(Correct)
		}
		r, err := Read(targz.Unpack(t, file))
		require.NoError(t, err)
		report, err := Diagnose(t.Context(), r, Options{Backend: gobackend.GetBackend()})
		require.NoError(t, err)
		require.Equal(t, Cause(want), report.Cause, "%s: %s", file, report.Text())
		require.Equal(t, faulty, len(report.Findings) > 0, "%s: %s", file, report.Text())
		require.Empty(t, report.Unchecked, file)
	}
}

// What was drawn otherwise than is written shows: nothing is taken for checked then.
func TestOtherDrawsAreNoticed(t *testing.T) {
	b := gobackend.GetBackend()
	for _, file := range drawnRecordings(t) {
		r, err := Read(targz.Unpack(t, file))
		require.NoError(t, err)
		for _, s := range r.Steps {
			for _, d := range s.Drawn {
				for i, v := range s.values[d.Array].Values {
					if s.values[d.Array].Values[i] = v + 1; d.Bits {
						s.values[d.Array].Values[i] = 255 - v
					}
				}
			}
		}
		require.Contains(t, strings.Join(replayedOf(t, r, b).unchecked, "\n"), "gives other outputs than were recorded", file)
	}
}

// What isn't in a recording, or doesn't fit, is said with the reason, and the rest is judged.
func TestDrawsThatAreNotThere(t *testing.T) {
	b := gobackend.GetBackend()
	drawn := func(change func(d map[string]any)) func(step map[string]any) {
		return func(step map[string]any) {
			for _, d := range step["drawn"].([]any) {
				change(d.(map[string]any))
			}
		}
	}
	for name, c := range map[string]struct {
		change func(step map[string]any)
		says   string
	}{
		"of an older recording": {func(s map[string]any) { delete(s, "drawn") }, "they weren't recorded"},
		"with a reason": {func(s map[string]any) {
			delete(s, "drawn")
			s["draws_unkept"] = "what it draws takes more than 2 MiB a step"
		}, "what it draws takes more than 2 MiB a step"},
		"of another operation":    {drawn(func(d map[string]any) { d["of"] = "another" }), "there is no draw number 1"},
		"fewer than there are":    {func(s map[string]any) { s["drawn"] = s["drawn"].([]any)[1:] }, "there is no draw number"},
		"of another shape":        {drawn(func(d map[string]any) { d["shape"] = []int{3, 3} }), "its shape [3 3] others"},
		"of one that overflows":   {drawn(func(d map[string]any) { d["shape"] = []int{1 << 31, 1 << 31, 16} }), "has the shape"},
		"of a negative one":       {drawn(func(d map[string]any) { d["shape"] = []int{-16, 3, 8} }), "has the shape"},
		"of axes in other order":  {drawn(func(d map[string]any) { d["shape"] = reversed(d["shape"].([]any)) }), "isn't that of"},
		"of an array not there":   {drawn(func(d map[string]any) { d["array"] = "draw-77" }), "isn't in the recording"},
		"masks that aren't masks": {drawn(func(d map[string]any) { d["bits"] = !d["bits"].(bool) }), "numbers, its shape"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, kind := range []string{"attention", "lstm"} {
				r := changedSteps(t, "testdata/drawn/"+kind+".tar.gz", c.change)
				text := strings.Join(replayedOf(t, r, b).unchecked, "\n")
				require.Contains(t, text, "gradients exactly: the forward pass draws random numbers, dropout's, and ")
				require.Contains(t, text, c.says)
				r.GradientHooks = []string{} // which could have changed what isn't compared
				report, err := Diagnose(t.Context(), r, Options{Backend: b})
				require.NoError(t, err)
				require.Equal(t, Correct, report.Cause)
			}
		})
	}
}

func reversed(shape []any) (other []any) {
	for i := len(shape) - 1; i >= 0; i-- {
		other = append(other, shape[i])
	}
	return other
}

// A mask's bits are read from the highest of each number.
func TestUnpackedMasks(t *testing.T) {
	s := &Step{values: map[string]dataset.Array{"draw-0": {Values: []float32{0b1010_0001, 0b0100_0000}}}}
	a, err := s.unpacked(Drawn{Of: "dropout", Shape: []int{2, 5}, Array: "draw-0", Bits: true})
	require.NoError(t, err)
	require.Equal(t, "[1 0 1 0 0 0 0 1 0 1]", fmt.Sprint(a.Values))
}
