package training

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/loss"
)

func TestCodeHasMetricsAndValidationData(t *testing.T) {
	c := validated(t)
	c.Metrics = []loss.Metric{loss.Accuracy{}, loss.MAE{}}
	c.Data.SampleWeight, c.Validation.SampleWeight = make([]float32, 100), make([]float32, 20)
	require.NoError(t, c.Validate())
	code, err := c.KerasCode()
	require.NoError(t, err)
	require.Contains(t, code, "x, y, weights, x_val, y_val, weights_val = yours  # x: rows × [3], y: rows × [1], weights: rows\n")
	require.Contains(t, code, "    loss=keras.losses.MeanSquaredError(),\n    metrics=['accuracy', keras.metrics.MeanAbsoluteError()],\n)")
	require.Contains(t, code, "    sample_weight=weights,\n")
	require.Contains(t, code, "    validation_data=(x_val, y_val, weights_val),\n")
	require.Contains(t, c.GoCode(), "data, validation, err := yours() // ")
	require.Contains(t, c.GoCode(), "\tMetrics: []loss.Metric{loss.Accuracy{}, loss.MAE{}},\n")
	require.Contains(t, c.GoCode(), "\tValidation: validation,\n")
}

func TestCodeHasMetricsOfWeightedRows(t *testing.T) {
	c := validated(t)
	c.Metrics = []loss.Metric{loss.Reported{Metric: loss.AUC{Curve: "PR"}, Name: "prc", Weighted: true}, loss.Precision{Thresholds: []float64{0.5, 0.7}}}
	require.NoError(t, c.Validate())
	code, err := c.KerasCode()
	require.NoError(t, err)
	require.Contains(t, code, "    metrics=[keras.metrics.Precision(thresholds=[0.5, 0.7])],\n    weighted_metrics=[keras.metrics.AUC(curve='PR', name='prc')],\n)")
	require.Contains(t, c.GoCode(), "loss.Reported{Metric: loss.AUC{Curve: \"PR\"}, Name: \"prc\", Weighted: true}, loss.Precision{Thresholds: []float64{0.5, 0.7}}}")
	code, err = c.TorchCode()
	require.NoError(t, err)
	require.Contains(t, code, "# Left out, for they change nothing in the training: the metrics prc, precision\n")
	c.Metrics = []loss.Metric{loss.Mean{}}
	_, err = c.KerasCode()
	require.ErrorContains(t, err, "Keras' compile doesn't take it")
}
