package callback

import (
	"encoding/binary"
	"fmt"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
)

// weights is one weight's values in JSON: base64 keeps every bit, NaN included.
type weights struct {
	Shape  []int  `json:"shape"`
	Values []byte `json:"values"` // float32, little-endian
}

// weightsOf are the model's weights as [fit.Model.SetWeights] takes them.
func weightsOf(m *fit.Model) ([]dataset.Array, error) {
	all, err := m.Weights()
	if err != nil {
		return nil, err
	}
	arrays := make([]dataset.Array, len(all))
	for i, w := range all {
		arrays[i] = dataset.Array{Shape: w.Shape, Values: w.Values}
	}
	return arrays, nil
}

func encodeWeights(arrays []dataset.Array) []weights {
	var all []weights
	for _, a := range arrays {
		data, _ := binary.Append(nil, binary.LittleEndian, a.Values) // float32s always fit
		all = append(all, weights{Shape: a.Shape, Values: data})
	}
	return all
}

func decodeWeights(all []weights) ([]dataset.Array, error) {
	var arrays []dataset.Array
	for _, w := range all {
		values := make([]float32, len(w.Values)/4)
		if _, err := binary.Decode(w.Values, binary.LittleEndian, values); err != nil {
			return nil, fmt.Errorf("weight of shape %v: %w", w.Shape, err)
		}
		arrays = append(arrays, dataset.Array{Shape: w.Shape, Values: values})
	}
	return arrays, nil
}
