package keras

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// Number types other than float32, and whole-number inputs, are read and noted, each type once.
func TestOtherNumberTypesAreReadAndNoted(t *testing.T) {
	policy := `"dtype": {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "mixed_float16"}, "registered_name": null}`
	d := read(t, sequential(layer("Dense", `"name": "a", "units": 2, `+policy)+","+layer("Dense", `"name": "b", "units": 1, "dtype": "float64"`)+","+layer("ReLU", `"name": "c", `+policy), ""))
	assert.Equal(t, []training.Assumption{{Setting: training.NumberTypeSetting, Value: "float32", Given: "mixed_float16, float64"}}, d.Assumed)
	assert.Empty(t, read(t, sequential(dense1, "")).Assumed)

	_, err := ReadConfig(strings.NewReader(sequential(layer("Dense", `"units": 1, "dtype": {"module": "keras.dtype_policies", "class_name": "QuantizedDTypePolicy", "config": {"mode": "int8", "source_name": "float32"}, "registered_name": null}`), "")))
	assert.ErrorContains(t, err, "config.layers[1].config.dtype: quantized weights")

	whole := strings.Replace(sequential(layer("Rescaling", `"name": "r", "scale": 0.5`), ""), `"dtype": "float32", "name": "in"`, `"dtype": "uint8", "name": "in"`, 1)
	d = read(t, whole)
	assert.Equal(t, []training.Assumption{{Setting: training.InputsSetting, Value: "float32 that must be whole", Given: "uint8"}}, d.Assumed)
}

// A penalty on what a layer puts out is around the layer, inside of what freezes it.
func TestActivityRegularizerIsAroundTheLayer(t *testing.T) {
	d := read(t, sequential(layer("Dense", `"name": "a", "units": 2, "trainable": false, "activity_regularizer": "l2"`), ""))
	assert.Equal(t, nn.Sequential{nn.Frozen{Layer: nn.ActivityRegularized{Layer: nn.Dense{Name: "a", Units: 2}, Regularizer: nn.L1L2{L2: 0.01}}}}, d.Model)
	_, err := ReadConfig(strings.NewReader(sequential(layer("Dense", `"units": 2, "activation": "glu"`), "")))
	require.ErrorContains(t, err, `config.layers[1].config.activation: "glu" makes another shape`)
}
