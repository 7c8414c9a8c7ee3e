package loop

import (
	"encoding/json"
	"fmt"
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

// kerasUnpacked is a recording of Keras, which make_keras_recordings.py wrote, in a folder of its own.
func kerasUnpacked(t *testing.T, name string) string {
	t.Helper()
	return targz.Unpack(t, filepath.Join("testdata", "keras", "keras-"+name+".tar.gz"))
}

// Each cause is named of a loop of Keras that has it, in Keras' words alone.
func TestEachCauseIsNamedInKeras(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		for _, name := range []Cause{Correct, Correct + "-fit", Broadcast, WrongParameters, EvalMode, GradientsAccumulate,
			NoUpdate + "-fit", OtherLoss + "-fit", GradientsChanged + "-fit", GradientsAccumulate + "-fit", WeightsOverwritten + "-fit"} {
			r, err := Read(kerasUnpacked(t, string(name)))
			require.NoError(t, err)
			report, err := Diagnose(t.Context(), r, Options{Backend: b})
			require.NoError(t, err)
			want := Cause(strings.TrimSuffix(string(name), "-fit"))
			require.Equal(t, want, report.Cause, "%s", report.Text())
			require.NotRegexp(t, ofPyTorch, report.Text())
			require.NotContains(t, report.Text(), "Torch")
			if want == Correct {
				continue
			}
			require.NotEmpty(t, report.Findings[0].Keras)
			require.Equal(t, "make_keras_recordings.py", report.Findings[0].Line.File)
			require.NotNil(t, report.Proof, "%s", report.Unchecked)
			require.Less(t, float64(report.Proof.LaterEnd), float64(report.Proof.Start))
		}
	})
}

// Losses and gradients are those that Keras computes of the recorded weights.
func TestReplayAgreesWithKeras(t *testing.T) {
	for _, name := range []string{"loop-correct", "loop-correct-fit"} {
		folder := kerasUnpacked(t, name)
		r, err := Read(folder)
		require.NoError(t, err)
		var golden []struct{ Loss, Gradient float64 }
		content, err := os.ReadFile(filepath.Join(folder, "golden.json"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(content, &golden))
		report, err := Diagnose(t.Context(), r, Options{})
		require.NoError(t, err)
		require.Len(t, report.Steps, 4)
		for k, row := range report.Steps {
			at := fmt.Sprintf("%s, step %d", name, row.Step)
			assert.InEpsilon(t, golden[k].Loss, float64(row.Replayed), 1e-5, at)
			assert.InEpsilon(t, float64(row.Loss), float64(row.Replayed), 1e-5, at)
			assert.InDelta(t, 1, float64(row.UpdateRatio), 1e-3, at)
			// A gradient that was recorded, or stands in for one, and what Keras computes anew.
			assert.InEpsilon(t, golden[k].Gradient, gradientNorm(r, &r.Steps[k], r.Steps[k].own), 1e-4, at)
			if name == "loop-correct" {
				assert.InDelta(t, 1, float64(row.GradientRatio), 1e-4, at)
				assert.InDelta(t, 1, float64(row.GradientCosine), 1e-6, at)
			}
		}
	}
}

// A recording of Keras that isn't whole says what is missing, or is judged by what is left.
func TestHostileRecordingsOfKeras(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		to   func(content string) string
		says string
	}{
		"a step is missing":    {"step-002.json", nil, "step-002.json is missing"},
		"arrays are cut off":   {"step-003.npz", func(s string) string { return s[:len(s)/2] }, "step-003.npz"},
		"of another framework": {File, with(`"framework": "keras"`, `"framework": "flax"`), `framework "flax": this reads torch and keras`},
	} {
		t.Run(name, func(t *testing.T) {
			folder := kerasUnpacked(t, "loop-correct")
			change(t, filepath.Join(folder, c.file), c.to)
			_, err := Read(folder)
			require.ErrorContains(t, err, c.says)
		})
	}
	for name, c := range map[string]struct {
		file string
		to   func(content string) string
		says string
	}{
		"no model":              {"model.keras", nil, "gradients through the model: keras: "},
		"a model that is cut":   {"model.keras", func(s string) string { return s[:len(s)/2] }, "gradients through the model: keras: "},
		"another place":         {File, with(`"at": 0`, `"at": 99`), "model.keras has no weight of shape [3 6] in the place of "},
		"a loss that isn't one": {File, with(`"class_name": "MeanSquaredError"`, `"class_name": "NoSuchLoss"`), "NoSuchLoss"},
		"weights are missing": {"step-001.json", func(s string) string {
			return regexp.MustCompile(`"before/[0-5]": \[[^\]]*\],`).ReplaceAllString(s, "")
		}, ""},
		"no such optimizer": {File, with(`"class_name": "Adam"`, `"class_name": "NoSuchRule"`), "NoSuchRule"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := kerasUnpacked(t, "loop-correct")
			change(t, filepath.Join(folder, c.file), c.to)
			r, err := Read(folder)
			require.NoError(t, err)
			report, err := Diagnose(t.Context(), r, Options{})
			require.NoError(t, err)
			require.Equal(t, Correct, report.Cause)
			require.Contains(t, strings.Join(report.Unchecked, "\n"), c.says)
		})
	}
}

func change(t *testing.T, path string, to func(string) string) {
	t.Helper()
	if to == nil {
		require.NoError(t, os.Remove(path))
		return
	}
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	changed := to(string(content))
	require.NotEqual(t, string(content), changed)
	require.NoError(t, os.WriteFile(path, []byte(changed), 0o644))
}
