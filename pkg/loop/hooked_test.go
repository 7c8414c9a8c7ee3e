package loop

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/dataset"
)

// times multiplies arrays of a kind in all steps by a factor, of a parameter or of all.
func times(r *Recording, kind string, factor float64, parameters ...int) {
	for k := range r.Steps {
		for name, a := range r.Steps[k].values {
			rest, is := strings.CutPrefix(name, kind)
			if !is || len(parameters) > 0 && !slices.Contains(parameters, number10(rest)) {
				continue
			}
			r.Steps[k].values[name] = dataset.Array{Shape: a.Shape, Values: multiplied(a.Values, factor)}
		}
	}
}

func number10(text string) (n int) {
	_, _ = fmt.Sscanf(text, "/%d", &n)
	return n
}

func multiplied(values []float32, factor float64) []float32 {
	all := slices.Clone(values)
	for i := range all {
		all[i] = float32(float64(all[i]) * factor)
	}
	return all
}

// see makes of the gradients of each step's own passes what the optimizer sees.
func see(r *Recording, factor func(norm float64) float64) {
	for k := range r.Steps {
		s := &r.Steps[k]
		by := factor(gradientNorm(r, s, s.own))
		for i := range r.Parameters {
			if own, ok := s.of("own", i); ok && slices.Contains(s.Stepped, i) {
				s.values[fmt.Sprintf("grad/%d", i)] = dataset.Array{Shape: own.Shape, Values: multiplied(own.Values, by)}
			}
		}
	}
}

func named(t *testing.T, change func(r *Recording)) *Report {
	t.Helper()
	b, err := backend.Default()
	require.NoError(t, err)
	r, err := Read(unpacked(t, string(Correct)))
	require.NoError(t, err)
	change(r)
	report, err := diagnose(t.Context(), r, Options{Backend: b.Backend})
	require.NoError(t, err)
	return report
}

// Gradients that a hook has changed by the time they reach the weights are named where it is all weights', and no layer's alone.
func TestHooked(t *testing.T) {
	for _, factor := range []float64{1e-5, -1} {
		report := named(t, func(r *Recording) { times(r, "own", factor); times(r, "grad", factor) })
		require.Equal(t, GradientsChanged, report.Cause, report.Text())
		require.Contains(t, report.Findings[0].Evidence, "a hook on the weights")
		report = named(t, func(r *Recording) { times(r, "own", factor, 0, 1); times(r, "grad", factor, 0, 1) })
		require.Empty(t, report.Findings, report.Text())
	}
	require.Empty(t, named(t, func(r *Recording) { times(r, "own", 0.3); times(r, "grad", 0.3) }).Findings)
}

// What a scaler multiplies is divided out again, and a clip behind that is none; one ahead of it leaves next to nothing.
func TestAScalerAndAClip(t *testing.T) {
	const scale = 65536
	scaled := func(r *Recording, factor func(norm float64) float64) {
		times(r, "own", scale)
		times(r, "cotangent", scale)
		see(r, factor)
	}
	for name, factor := range map[string]func(norm float64) float64{
		"unscaled":             func(float64) float64 { return 1. / scale },
		"unscaled and clipped": func(norm float64) float64 { return min(1, 0.1*scale/norm) / scale },
	} {
		report := named(t, func(r *Recording) { scaled(r, factor) })
		require.Empty(t, report.Findings, "%s: %s", name, report.Text())
	}
	report := named(t, func(r *Recording) { scaled(r, func(norm float64) float64 { return min(1, 1/norm) / scale }) })
	require.Equal(t, GradientsChanged, report.Cause, report.Text())
	require.Contains(t, report.Findings[0].Evidence, "it was clipped while it was still 6.55e4 times too large")
	require.Contains(t, report.Findings[0].Torch, "unscale_")
	require.Equal(t, OtherLoss, named(t, func(r *Recording) { scaled(r, func(float64) float64 { return 1 }) }).Cause, "nothing takes it back")
	// A loss that is multiplied and then clipped makes short gradients long, which no scaler does.
	long := named(t, func(r *Recording) { scaled(r, func(norm float64) float64 { return min(1, 1e3/norm) }) })
	require.Equal(t, OtherLoss, long.Cause, long.Text())
	// Rounded, the gradient of a loss as it is can be a hair longer than the replayed one; no scaler did that.
	plain := named(t, func(r *Recording) {
		times(r, "own", 1+1e-6)
		times(r, "cotangent", 1+1e-6)
		see(r, func(norm float64) float64 { return min(1, 1e-5/norm) })
	})
	require.Equal(t, GradientsChanged, plain.Cause, plain.Text())
	require.Contains(t, plain.Findings[0].Evidence, "clipped to next to nothing")
	require.NotContains(t, plain.Findings[0].Torch, "unscale_")
}
