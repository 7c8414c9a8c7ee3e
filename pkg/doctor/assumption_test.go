package doctor_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/training"
)

// A metric that was left out is named, beside what was assumed; one that doesn't suit the data keeps nobody from a diagnosis.
func TestMetricsStopNoDiagnosis(t *testing.T) {
	c := sines(t)
	c.Epochs = 0
	c.Assume(training.MetricsSetting, "without my_metric", "Keras has no metric")
	c.Metrics = []loss.Metric{loss.Precision{ClassID: []int{7}}}
	r, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Contains(t, r.Assumptions(), "Assumed, because not given: epochs ")
	require.Contains(t, r.Assumptions(), ". The metrics are read without my_metric (Keras has no metric): they change nothing in the training, and the diagnosis looks at the loss.")
}

// A verdict that rests on settings nobody gave says so in its first sentence, and one on Keras' default batch size doesn't.
func TestVerdictSaysWhatItAssumed(t *testing.T) {
	c := sines(t)
	given, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Equal(t, doctor.Healthy, given.Cause)
	require.NotContains(t, given.Verdict(), "assumed")
	require.NotContains(t, given.Assumptions(), "depends")

	c.BatchSize = 0
	batches, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.NotContains(t, batches.Verdict(), "assumed")

	c.Epochs = 0
	open, err := doctor.Examine(context.Background(), c, doctor.Options{})
	require.NoError(t, err)
	require.Contains(t, open.Verdict(), "healthy: the training learns with settings that were assumed (batch size, epochs); it explains")
	require.Contains(t, open.Assumptions(), "The verdict depends on these settings: with yours it may be another.")
}

// How the data were read comes first, each with the flag that changes it, in words and in JSON.
func TestDataAssumptionsComeFirst(t *testing.T) {
	r := &doctor.Report{}
	r.Training.Assume(training.EpochsSetting, "63", "enough")
	r.Training.Assumed = append(r.Training.Assumed, training.Assumption{Setting: `column "date"`, Value: "as days since 2020-01-01", Why: "each cell is a date", Flag: "--drop date leaves it out", OfData: true})
	require.Equal(t, `How the data were read: column "date" as days since 2020-01-01 (each cell is a date; --drop date leaves it out). Assumed, because not given: epochs 63 (enough). The verdict depends on these settings: with yours it may be another.`, r.Assumptions())
	content, err := r.MarshalJSON()
	require.NoError(t, err)
	require.Contains(t, string(content), `"flag":"--drop date leaves it out","of_data":true`)
}
