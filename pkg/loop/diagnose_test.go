package loop

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/targz"
	"example.com/unstuck/pkg/backend/backendtest"
)

// unpacked is a recording of testdata, which make_recordings.py wrote, in a folder of its own.
func unpacked(t *testing.T, name string) string {
	t.Helper()
	return targz.Unpack(t, filepath.Join("testdata", name+".tar.gz"))
}

func diagnosed(t *testing.T, name string, b compute.Backend) *Report {
	t.Helper()
	r, err := Read(unpacked(t, name))
	require.NoError(t, err)
	report, err := Diagnose(t.Context(), r, Options{Backend: b})
	require.NoError(t, err)
	return report
}

func recordings(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.tar.gz")
	require.NoError(t, err)
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".tar.gz"))
	}
	return names
}

// Each cause is named of a loop that has it, with evidence, a change and the user's line, and of no other; and intended oddities are
// none.
func TestEachCauseIsNamed(t *testing.T) {
	named := map[Cause]bool{}
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, name := range recordings(t) {
			want := Cause(name)
			if strings.HasPrefix(name, string(Correct)) {
				want = Correct
			}
			named[want] = true
			t.Run(name, func(t *testing.T) {
				report := diagnosed(t, name, b)
				require.Equal(t, want, report.Cause, "%s", report.Text())
				require.Contains(t, report.Text(), string(want)+": "+report.Meaning)
				if want == Correct {
					require.Empty(t, report.Findings)
					return
				}
				first := report.Findings[0]
				require.NotEmpty(t, first.Evidence)
				require.NotEmpty(t, first.Torch)
				require.NotEmpty(t, first.Keras)
				require.NotNil(t, first.Line)
				require.Contains(t, first.Line.File, "make_recordings.py")
				if want != SameBatch {
					require.NotNil(t, report.Proof, "%s", report.Unchecked)
					require.Less(t, float64(report.Proof.LaterEnd), float64(report.Proof.Start))
				}
			})
		}
	})
	named[NotFinite] = true // see TestALossThatIsNoNumber
	require.Len(t, named, len(meanings), "each cause has a recording")
}

// Of correct loops PyTorch's losses, gradients and updates are those computed here.
func TestReplayAgreesWithPyTorch(t *testing.T) {
	compared := map[string]int{}
	for _, name := range recordings(t) {
		if !strings.HasPrefix(name, string(Correct)) {
			continue
		}
		for _, row := range diagnosed(t, name, nil).Steps {
			at := []any{"%s, step %d", name, row.Step}
			replayed := float64(row.Replayed)
			assert.InEpsilon(t, float64(row.Loss), replayed, 1e-5, at...)
			if !math.IsNaN(float64(row.GradientRatio)) && name == string(Correct) {
				compared["gradient"]++
				assert.InDelta(t, 1, float64(row.GradientRatio), 1e-4, at...)
				assert.InDelta(t, 1, float64(row.GradientCosine), 1e-6, at...)
			}
			if !math.IsNaN(float64(row.UpdateRatio)) {
				compared["update"]++
				assert.InDelta(t, 1, float64(row.UpdateRatio), 1e-3, at...)
			}
		}
	}
	require.GreaterOrEqual(t, compared["gradient"], 4)
	require.GreaterOrEqual(t, compared["update"], 14)
}

// A loss that is NaN is named with its step, though all else is as it should be.
func TestALossThatIsNoNumber(t *testing.T) {
	for _, step := range []int{1, 3} {
		folder := unpacked(t, string(Correct))
		path := filepath.Join(folder, fmt.Sprintf(stepFile, step))
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		changed := regexp.MustCompile(`"loss": [-0-9.e]+`).ReplaceAllString(string(content), `"loss": null, "loss_not_finite": true`)
		require.NotEqual(t, string(content), changed)
		require.NoError(t, os.WriteFile(path, []byte(changed), 0o644))
		r, err := Read(folder)
		require.NoError(t, err)
		report, err := Diagnose(t.Context(), r, Options{})
		require.NoError(t, err)
		require.Equal(t, NotFinite, report.Cause)
		require.Equal(t, step, report.Findings[0].Step)
		require.Contains(t, report.Findings[0].Evidence, "the loss is NaN or infinite, while the weights are numbers")
	}
}

// An optimizer that maximizes goes the wrong way, unless the loss is turned around, too.
func TestAnOptimizerThatMaximizes(t *testing.T) {
	for name, want := range map[string]Cause{string(Correct): OtherLoss} {
		folder := unpacked(t, name)
		path := filepath.Join(folder, File)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		changed := strings.ReplaceAll(string(content), `"maximize": false`, `"maximize": true`)
		require.NotEqual(t, string(content), changed)
		require.NoError(t, os.WriteFile(path, []byte(changed), 0o644))
		r, err := Read(folder)
		require.NoError(t, err)
		report, err := Diagnose(t.Context(), r, Options{})
		require.NoError(t, err)
		require.Equal(t, want, report.Cause)
		require.Contains(t, report.Findings[0].Evidence, "maximize=True")
	}
}

// What is left of a recording is none that passes for a folder with a model.
func TestWhatIsLeftOfARecordingIsOne(t *testing.T) {
	folder := unpacked(t, string(Correct))
	require.True(t, Is(folder))
	require.NoError(t, os.Remove(filepath.Join(folder, File)))
	require.True(t, Is(folder))
	require.False(t, Is(t.TempDir()))
}
