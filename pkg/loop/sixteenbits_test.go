package loop

import (
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/internal/targz"
	"example.com/unstuck/pkg/dataset"
)

// Loops of models in bfloat16 and float16 are compared as exactly as these numbers are, and no further: correct ones are told as that, and
// losses that are the claimed one's sum, or its negative, are named and not taken for rows with weights.
func TestModelsInSixteenBits(t *testing.T) {
	files, err := filepath.Glob("testdata/sixteen-bits/*.tar.gz")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 12)
	for _, file := range files {
		_, cause, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".tar.gz"), ".")
		t.Run(filepath.Base(file), func(t *testing.T) {
			r, err := Read(targz.Unpack(t, file))
			require.NoError(t, err)
			report, err := Diagnose(t.Context(), r, Options{Backend: gobackend.GetBackend()})
			require.NoError(t, err)
			require.Equal(t, Cause(cause), report.Cause, "%v %v", report.Unchecked, report.Remarks)
			require.Contains(t, strings.Join(report.Unchecked, "\n"), "the weights have 16 bits")
			for _, row := range report.Steps {
				if report.Cause == Correct || report.Cause == OtherLoss {
					require.False(t, math.IsNaN(float64(row.GradientRatio)), "step %d: %v", row.Step, report.Unchecked)
				}
				require.InDelta(t, 1, float64(row.UpdateRatio), 0.05, "step %d", row.Step)
			}
		})
	}
}

// An update is compared with what the type has room for: of weights near 1 bfloat16 takes steps of 1/128, and none that are shorter than half of it.
func TestUpdatesInSixteenBits(t *testing.T) {
	before := []float32{1, 1, -1}
	after := []float32{1.003, 1.005, -1.005}
	require.Equal(t, []float32{0, 1.0 / 128, -1.0 / 128}, Parameter{Type: "bfloat16"}.made(before, after, 0))
	require.InDeltaSlice(t, []float32{0.003, 0.005, -0.005}, Parameter{Type: "float16"}.made(before, after, 0), 5e-4)
	require.Equal(t, difference(after, before), Parameter{}.made(before, after, 0.5))
	// A decay that is lost by itself is lost beside a step, too: 1 - 0.0015 is 1 again, and so is what a step of 0.0015 leaves of it.
	require.Equal(t, []float32{0}, Parameter{Type: "bfloat16"}.made([]float32{1}, []float32{1 - 0.0015 - 0.0015}, 0.0015))
	require.Equal(t, []float32{-1.0 / 256}, Parameter{Type: "bfloat16"}.made([]float32{1}, []float32{1 - 0.0015 - 0.0015}, 0))

	of := func(class, decoupled string) float64 {
		return Optimizer{Class: class, Groups: []map[string]json.RawMessage{{"weight_decay": []byte("0.1"), "decoupled_weight_decay": []byte(decoupled)}}}.decay(0.5)
	}
	require.InDelta(t, 0.05, of("AdamW", ""), 1e-9)
	require.InDelta(t, 0.05, of("NAdam", "true"), 1e-9)
	require.Zero(t, of("Adam", "false"), "it is a part of the gradient")

	weights := dataset.Array{Values: []float32{1, 1, 1, 1}}
	still, step := []float32{0, 0, 0, 0}, []float32{1.0 / 128, 1.0 / 128, 1.0 / 128, 1.0 / 128}
	require.True(t, strays(still, step, weights, Parameter{Type: "bfloat16"}), "a step that isn't made is no rounding")
	require.False(t, strays([]float32{1.0 / 128, 1.0 / 128, 1.0 / 128, 1.006 / 128}, step, weights, Parameter{Type: "bfloat16"}))
	require.Equal(t, float32(1.0078125), inBfloat16(1.005))
	require.Equal(t, float32(1), inBfloat16(1+1.0/256), "of two as near the even one")
	require.True(t, math.IsInf(float64(inBfloat16(math.MaxFloat32)), 1))
	require.True(t, math.IsNaN(float64(inBfloat16(float32(math.NaN())))))
}
