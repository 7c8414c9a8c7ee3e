package fit

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/fit/checkpoint"
)

// TestHostileHistories reads histories whose sizes contradict each other: an error, and nothing allocated for a claim.
func TestHostileHistories(t *testing.T) {
	for name, c := range map[string]struct {
		steps, readings []float32
		columns         []checkpoint.Column
		measured        []int
		wrong           string
	}{
		"no losses":                        {nil, nil, nil, nil, "the losses of the steps are missing"},
		"no readings":                      {[]float32{1}, nil, []checkpoint.Column{{Name: "a", Size: 1}}, []int{1}, "the readings of the steps are missing"},
		"readings of no size":              {[]float32{}, []float32{}, []checkpoint.Column{{Name: "a", Size: 1 << 62}}, []int{1, 2, 3, 4}, "the readings of the steps are missing"},
		"columns that outweigh each other": {[]float32{1, 2}, []float32{1, 2}, []checkpoint.Column{{Name: "a", Size: -1}, {Name: "b", Size: 2}}, []int{1, 2}, "the readings of the steps are missing"},
		"a step that is not there":         {[]float32{1}, []float32{1}, []checkpoint.Column{{Name: "a", Size: 1}}, []int{2}, "belong to steps that are not there"},
		"a step twice":                     {[]float32{1, 2}, []float32{1, 2}, []checkpoint.Column{{Name: "a", Size: 1}}, []int{1, 1}, "belong to steps that are not there"},
		"as it should be":                  {[]float32{1, 2}, []float32{1, 2}, []checkpoint.Column{{Name: "a", Size: 1}}, []int{1, 2}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := &checkpoint.File{Header: checkpoint.Header{Training: &checkpoint.Training{Readings: c.columns, Measured: c.measured}}}
			if c.steps != nil {
				require.NoError(t, f.Add(checkpoint.StepLosses, "Float32", []int{len(c.steps)}, c.steps))
			}
			if c.readings != nil {
				require.NoError(t, f.Add(checkpoint.StepReadings, "Float32", []int{len(c.readings)}, c.readings))
			}
			h, err := historyOf(f)
			if c.wrong != "" {
				require.ErrorContains(t, err, c.wrong)
				return
			}
			require.NoError(t, err)
			require.Len(t, h.Readings.Rows, len(h.Readings.Steps), "a row of readings for each measured step")
		})
	}
}
