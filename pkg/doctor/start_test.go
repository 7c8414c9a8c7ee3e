package doctor_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/doctor/report"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/fit/run"
	"example.com/unstuck/pkg/training"
)

// keptFrom is the training from the weights that it begins with, changed.
func keptFrom(t *testing.T, c training.Training, change func(path string, values []float32)) training.Training {
	t.Helper()
	m, err := run.New(c, fit.Options{Backend: gobackend.GetBackend()})
	require.NoError(t, err)
	all, err := m.Weights()
	require.NoError(t, err)
	for _, w := range all {
		change(w.Path, w.Values)
		c.Weights = append(c.Weights, training.Weight{Path: w.Path, Array: dataset.Array{Shape: w.Shape, Values: w.Values}})
	}
	c.From = "model.keras"
	return c
}

// A training may be stuck because of where it stands: units that died, weights behind a training that blew up. It is named,
// and fresh weights are what cures it.
func TestGivenWeightsThatHoldATraining(t *testing.T) {
	for name, c := range map[string]struct {
		change func(path string, values []float32)
		cause  doctor.Cause
		says   string
	}{
		"dead units": {func(path string, values []float32) {
			for i := range values {
				if strings.HasSuffix(path, "/bias") && len(values) > 1 {
					values[i] = -10
				}
			}
		}, doctor.DyingReLU, "0 for every row from the start"},
		"not a number": {func(path string, values []float32) {
			values[0] = float32(math.NaN())
		}, doctor.ExplodingGradient, "6 of the 6 weights that it starts from hold NaN or infinite values"},
		"a blown-up layer": {func(path string, values []float32) {
			for i := range values {
				if strings.HasSuffix(path, "_1/kernel") {
					values[i] *= 1e18
				}
			}
		}, doctor.ExplodingGradient, "model.keras"},
	} {
		t.Run(name, func(t *testing.T) {
			given := sines(t)
			r, err := doctor.Examine(context.Background(), keptFrom(t, given, c.change), doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, c.cause, r.Cause, report.Text(r))
			f := r.Findings[0]
			require.True(t, f.Verified, report.Text(r))
			require.Contains(t, f.Evidence()+" "+r.Start(), c.says)
			require.Contains(t, f.Treatment.Text, "reinitialize the weights")
			require.Contains(t, f.Treatment.Text, "clone_model")
			require.Contains(t, f.Treatment.Keras, `# without model.load_weights("model.keras")`)
			require.Contains(t, f.Treatment.Go, "described.Start")
			require.Contains(t, report.Text(r), "It starts from the weights in model.keras.")
			for _, render := range []func(context.Context, *doctor.Report) (string, error){report.Markdown, report.HTML} {
				page, err := render(t.Context(), r)
				require.NoError(t, err)
				require.Contains(t, page, "starts from the weights in model")
			}
			require.Empty(t, r.Treated.Training.Weights)
		})
	}
}

// Weights that were trained, and others as they were drawn, are no fault.
func TestGivenWeightsThatAreWell(t *testing.T) {
	c := sines(t)
	r, err := doctor.Examine(context.Background(), keptFrom(t, c, func(string, []float32) {}), doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.Healthy, r.Cause, report.Text(r))

	m, err := run.New(c, fit.Options{Backend: gobackend.GetBackend()})
	require.NoError(t, err)
	_, err = m.Fit(context.Background(), c.TrainData(), run.Config(c))
	require.NoError(t, err)
	all, err := m.Weights()
	require.NoError(t, err)
	for _, w := range all {
		c.Weights = append(c.Weights, training.Weight{Path: w.Path, Array: dataset.Array{Shape: w.Shape, Values: w.Values}})
	}
	c.Epochs = 3
	r, err = doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.Healthy, r.Cause, report.Text(r))
	require.Greater(t, r.ExplainedBefore(), 0.9, "it goes on where it was")
}

// Other faults are cured with the given weights kept, as far as they fit what a treatment makes of the model.
func TestTreatmentsKeepGivenWeights(t *testing.T) {
	c := sines(t)
	c.Optimizer.LearningRate = 1e-7
	r, err := doctor.Examine(context.Background(), keptFrom(t, c, func(string, []float32) {}), doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.LearningRateTooLow, r.Cause, report.Text(r))
	require.NotEmpty(t, r.Treated.Training.Weights)
	require.NotContains(t, r.Findings[0].Treatment.Keras, "load_weights")
}

// What large inputs make large is no fault of the weights that a training starts from.
func TestGivenWeightsUnderUnscaledInputs(t *testing.T) {
	given := sines(t)
	for i := range given.Data.X.Values {
		given.Data.X.Values[i] *= 1000
	}
	r, err := doctor.Examine(t.Context(), keptFrom(t, given, func(string, []float32) {}), doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.UnscaledInputs, r.Cause, report.Text(r))
	require.Equal(t, []doctor.Cause{doctor.UnscaledInputs}, r.Attempts[0].Causes, "the weights were blamed first")
}
