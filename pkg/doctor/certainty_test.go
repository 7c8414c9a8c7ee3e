package doctor

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/training"
)

// What a finding is called says what was done, and no report has a number that nobody could check.
func TestCertainty(t *testing.T) {
	odd, usual := []Symptom{{Usual: true}, {}}, []Symptom{{Usual: true}}
	for _, c := range []struct {
		f        Finding
		want     Certainty
		standing string
	}{
		{Finding{Verified: true}, Proved, "proved by its treatment"},
		{Finding{Verified: true, Together: true}, Proved, "proved together with the others"},
		{Finding{Symptoms: odd}, Seen, "seen, not proved"},
		{Finding{Symptoms: odd, Cause: NoSignal}, Seen, "measured on held-out rows"},
		{Finding{Symptoms: usual}, Suspected, "suspected, not proved"},
		{Finding{}, Suspected, "suspected, not proved"},
	} {
		require.Equal(t, c.want, c.f.Certainty())
		require.Equal(t, c.standing, c.f.Standing())
	}
	text, err := json.Marshal(&Report{Findings: []Finding{{Symptoms: odd, Rule: noSignalRule}}, Training: training.Training{}})
	require.NoError(t, err)
	require.Contains(t, string(text), `"certainty":"seen","standing":"seen, not proved"`)
	require.NotContains(t, string(text), "confidence")
}
