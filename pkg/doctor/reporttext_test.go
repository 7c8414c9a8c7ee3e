package doctor

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// The parts of a report print as sentences, none with Go's braces or addresses.
func TestPartsOfAReportPrintAsSentences(t *testing.T) {
	usual := Symptom{Gauge: "g", Got: 1, Limit: "1", Text: "all is well", Usual: true}
	treatment := Treatment{Text: "clip the gradients' norm at 1", Go: "optimizer.With(optim.ClipByNorm{Max: 1})"}
	for want, v := range map[string]any{
		"clip the gradients' norm at 1\n  optimizer.With(optim.ClipByNorm{Max: 1})": treatment,
		"all is well": usual,
		"exploding-gradient (strong): the norm is 1e9":                                     CauseSymptom{ExplodingGradient, Strong, Symptom{Text: "the norm is 1e9"}},
		"all is well, as usual":                                                            CauseSymptom{Symptom: usual},
		"loss 0.25, explained 0.9":                                                         &Outcome{Loss: 0.25, Explained: 0.9, ValidationLoss: math.NaN()},
		"loss 0.25, explained 0.9; on validation rows 0.5, 0.8":                            &Outcome{Loss: 0.25, Explained: 0.9, ValidationLoss: 0.5, ValidationExplained: 0.8},
		"clip the gradients' norm at 1: could not be run":                                  &Attempt{Treatments: []Treatment{treatment}},
		"clip the gradients' norm at 1: loss NaN, explained not a number":                  &Attempt{Treatments: []Treatment{treatment}, After: &Outcome{Loss: math.NaN(), Explained: math.NaN(), ValidationLoss: math.NaN()}},
		"exploding-gradient (seen, not proved): it grows\n  clip the gradients' norm at 1": Finding{Rule: &Rule{}, Cause: ExplodingGradient, Symptoms: []Symptom{{Text: "it grows"}}, Treatment: treatment},
	} {
		require.Equal(t, want, fmt.Sprint(v))
	}
}
