package loop

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProofApart(t *testing.T) {
	p := &Proof{Correct: []Number{1, 0.5, 0.25}}
	mended := func(losses ...Number) *Report {
		r := &Report{}
		for _, l := range losses {
			r.Steps = append(r.Steps, Row{Replayed: l})
		}
		return r
	}
	require.Zero(t, p.Apart(mended(1, 0.5, 0.25)))
	require.InDelta(t, 0.25, p.Apart(mended(1, 0.75, 0.25)), 1e-12)
	require.InDelta(t, 0.125, p.Apart(mended(1, 0.375)), 1e-12, "the steps that both have")
	require.True(t, math.IsNaN(p.Apart(mended(1, Number(math.NaN()), 0.25))))
}
