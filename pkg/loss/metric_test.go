package loss

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/stretchr/testify/require"
)

func TestMetricKerasCode(t *testing.T) {
	for want, m := range map[string]Metric{
		"keras.metrics.BinaryAccuracy()":              Reported{Output: "share", Metric: BinaryAccuracy{}},
		"keras.metrics.BinaryAccuracy(threshold=0.3)": BinaryAccuracy{Threshold: 0.3},
		"'acc'":      Reported{Metric: Accuracy{}, Name: "acc"},
		"'accuracy'": Accuracy{},
		"keras.metrics.AUC(curve='PR', name='prc')":                          Reported{Metric: AUC{Curve: "PR"}, Name: "prc", Weighted: true},
		"keras.metrics.Precision(thresholds=[0.2, 0.7], class_id=0)":         Precision{Thresholds: []float64{0.2, 0.7}, ClassID: []int{0}},
		"keras.metrics.Recall(thresholds=0.3, top_k=2)":                      Recall{Thresholds: []float64{0.3}, TopK: 2},
		"keras.metrics.FBetaScore(average='macro', beta=2.0, threshold=0.5)": FBetaScore{Average: "macro", Beta: 2, Threshold: 0.5},
		"keras.metrics.R2Score(class_aggregation=None)":                      R2Score{ClassAggregation: "none"},
		"keras.metrics.IoU(2, [0], ignore_class=255, sparse_y_true=False)":   IoU{NumClasses: 2, TargetClassIDs: []int{0}, IgnoreClass: []int{255}, DenseLabels: true},
		"keras.metrics.PrecisionAtRecall(0.5)":                               PrecisionAtRecall{Recall: 0.5},
		"keras.metrics.Accuracy()":                                           ExactAccuracy{},
		"keras.metrics.CosineSimilarity()":                                   Cosine{},
		"keras.metrics.RootMeanSquaredError()":                               RMSE{},
		"keras.metrics.MeanAbsoluteError()":                                  MAE{},
		"keras.metrics.LogCoshError()":                                       LogCosh{},
		"keras.metrics.BinaryCrossentropy(from_logits=True)":                 BinaryCrossentropy{FromLogits: true},
		"keras.metrics.MeanMetricWrapper(keras.losses.huber, delta=0.5)":     Huber{Delta: 0.5},
	} {
		code, err := MetricKerasCode(m)
		require.NoError(t, err)
		require.Equal(t, want, code)
	}
	for _, m := range []Metric{nil, Reported{}, Reported{Name: "own", Metric: ownMetric{}}, Mean{}, ownMetric{}} {
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
