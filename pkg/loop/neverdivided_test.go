package loop

import (
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
)

// Gradients that are a scaler's factor too long are the scaler's, which nobody has asked to divide; of any other factor the loss is another.
func TestNeverDivided(t *testing.T) {
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		changed := func(scales ...float64) Cause {
			r, err := Read(unpacked(t, string(Correct)))
			require.NoError(t, err)
			for k := range r.Steps {
				for name, a := range r.Steps[k].values {
					if kind, _, _ := strings.Cut(name, "/"); kind == "cotangent" || kind == "own" || kind == "grad" {
						for n := range a.Values {
							a.Values[n] *= 256
						}
					}
				}
			}
			r.LossScales = scales
			report, err := Diagnose(t.Context(), r, Options{Backend: b})
			require.NoError(t, err)
			return report.Cause
		}
		require.Equal(t, GradientsChanged, changed(256))
		require.Equal(t, OtherLoss, changed())
		require.Equal(t, OtherLoss, changed(64))
	})
}
