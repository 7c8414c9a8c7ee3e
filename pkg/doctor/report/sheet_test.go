package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/doctor"
)

// No table of a notebook's report is wider than 100 columns, and what it says is whole.
func TestTablesFitAHundredColumns(t *testing.T) {
	long := "give the last layer 1 unit with sigmoid activation, train with binary_crossentropy and a learning rate of 0.001"
	r := &doctor.Report{
		Before:   &doctor.Outcome{Loss: 9.5, Explained: -12},
		Attempts: []*doctor.Attempt{{Causes: []doctor.Cause{doctor.LossOutputMismatch, doctor.LearningRateTooHigh}, Treatments: []doctor.Treatment{{Text: long}, {Text: long}}, After: &doctor.Outcome{Loss: 0.5}}},
		Symptoms: []doctor.CauseSymptom{{Cause: doctor.LearningRateTooHigh, Strength: doctor.Strong, Symptom: doctor.Symptom{Gauge: long, Got: 1, Limit: "usually 0.0001 to 0.01"}}},
	}
	text := Text(r)
	for _, word := range strings.Fields(long) {
		require.Contains(t, text, word)
	}
	in := false
	for line := range strings.Lines(text) {
		if in = in || strings.HasPrefix(line, "gauge") || strings.HasPrefix(line, "treatment"); in {
			require.LessOrEqual(t, width(strings.TrimSuffix(line, "\n")), widestTable, line)
		}
	}
	require.True(t, in)
}
