package loss

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/stretchr/testify/require"
)

func TestMetricKerasCode(t *testing.T) {
	for want, m := range map[string]Metric{
		"'accuracy'":                                                     Accuracy{},
		"keras.metrics.BinaryAccuracy()":                                 Reported{Output: "share", Metric: BinaryAccuracy{}},
		"keras.metrics.BinaryAccuracy(threshold=0.3)":                    BinaryAccuracy{Threshold: 0.3},
		"keras.metrics.RootMeanSquaredError()":                           RMSE{},
		"keras.metrics.MeanAbsoluteError()":                              MAE{},
		"keras.metrics.LogCoshError()":                                   LogCosh{},
		"keras.metrics.BinaryCrossentropy(from_logits=True)":             BinaryCrossentropy{FromLogits: true},
		"keras.metrics.MeanMetricWrapper(keras.losses.huber, delta=0.5)": Huber{Delta: 0.5},
	} {
		code, err := MetricKerasCode(m)
		require.NoError(t, err)
		require.Equal(t, want, code)
	}
	for _, m := range []Metric{nil, Reported{}, ownMetric{}} {
		_, err := MetricKerasCode(m)
		require.Error(t, err)
	}
	_, err := KerasCode(MAE{})
	require.NoError(t, err, "a loss stays one")
}

// ownMetric is none of Keras'.
type ownMetric struct{}

func (ownMetric) PerRow(_, predictions *graph.Node) *graph.Node { return predictions }
func (ownMetric) String() string                                { return "own" }
