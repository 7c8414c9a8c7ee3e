package loop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// Zeros at the outputs where the claimed loss has a gradient are a fault; where it has none itself, they are no one's.
func TestFlat(t *testing.T) {
	for name, c := range map[string]struct {
		at, claimed float32
		fault       bool
	}{
		"as it should be":            {0.5, 0.5, false},
		"nothing comes":              {0, 0.5, true},
		"everything is out of reach": {0, 0, false},
	} {
		loss := 0.7
		r, all := &Recording{}, &replays{}
		for n := range 3 {
			array := func(v float32) dataset.Array { return dataset.Array{Shape: []int{2}, Values: []float32{v, v}} }
			r.Steps = append(r.Steps, Step{Number: n + 1, Loss: &loss, Backwards: 1, values: map[string]dataset.Array{"cotangent": array(c.at)}})
			all.steps = append(all.steps, replayed{gradient: []dataset.Array{array(c.claimed)}})
		}
		require.Equal(t, c.fault, flat(r, all) != nil, name)
	}
}
