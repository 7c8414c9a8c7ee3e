package loop

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
)

// unpacked is a recording of testdata, which make_recordings.py wrote, in a folder of its own.
func unpacked(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".tar.gz"))
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	folder := t.TempDir()
	for archive := tar.NewReader(z); ; {
		head, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return folder
		}
		require.NoError(t, err)
		content, err := io.ReadAll(archive)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, filepath.Base(head.Name)), content, 0o644))
	}
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
