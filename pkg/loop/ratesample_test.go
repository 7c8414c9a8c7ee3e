package loop

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// Later steps are read with as much as is told of them.
func TestRateSamples(t *testing.T) {
	var all []RateSample
	require.NoError(t, json.Unmarshal([]byte(`[[13, [[0.1]]], [14, [[0.1]], 2.5], [15, [[0.1]], null, false], [16, [], 1, true, "of a later version"]]`), &all))
	loss, last, on, off := 2.5, 1.0, true, false
	require.Equal(t, []RateSample{
		{Step: 13, Rates: [][]float64{{0.1}}},
		{Step: 14, Rates: [][]float64{{0.1}}, Loss: &loss},
		{Step: 15, Rates: [][]float64{{0.1}}, Training: &off},
		{Step: 16, Rates: [][]float64{}, Loss: &last, Training: &on},
	}, all)
	require.Error(t, json.Unmarshal([]byte(`[[13, [[0.1]], 2.5, "yes"]]`), &all))
}
