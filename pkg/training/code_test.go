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
