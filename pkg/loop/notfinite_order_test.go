package loop

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A loss that grew until it was no number comes behind the fault that was there before; one that was of the usual size until then has its own cause.
func TestWhatDivergedComesBehindItsCause(t *testing.T) {
	nan := func(step int, grew bool) Finding { return Finding{Cause: NotFinite, Step: step, grew: grew} }
	other := func(cause Cause, step int) Finding { return Finding{Cause: cause, Step: step} }
	causes := func(findings []Finding) (all []Cause) {
		for _, f := range findings {
			all = append(all, f.Cause)
		}
		return all
	}
	for name, c := range map[string]struct {
		findings []Finding
		want     []Cause
	}{
		"nothing":                      {nil, nil},
		"diverged, and nothing else":   {[]Finding{nan(6, true)}, []Cause{NotFinite}},
		"in the mode of evaluation":    {[]Finding{nan(6, true), other(EvalMode, 1)}, []Cause{EvalMode, NotFinite}},
		"the first of several":         {[]Finding{nan(12, true), other(OtherLoss, 1), other(RateChanged, 4)}, []Cause{OtherLoss, NotFinite, RateChanged}},
		"at once, as a logarithm of 0": {[]Finding{nan(6, false), other(EvalMode, 1)}, []Cause{NotFinite, EvalMode}},
		"a fault that came later":      {[]Finding{nan(6, true), other(RateChanged, 8)}, []Cause{NotFinite, RateChanged}},
		"a fault and nothing diverged": {[]Finding{other(EvalMode, 1), other(OtherLoss, 1)}, []Cause{EvalMode, OtherLoss}},
	} {
		require.Equal(t, c.want, causes(earlierFirst(c.findings)), name)
	}
}
